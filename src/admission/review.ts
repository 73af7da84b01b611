import { group as ourGroup } from "../api/names.ts";
import { policyKinds } from "../api/policy-kinds.ts";
import { explain } from "../api/reasons.ts";
import { isObject, type JsonObject } from "./json.ts";

/** The kind of the object under review; `group` is empty for the core group. */
export type ReviewedKind = { readonly group: string; readonly version: string; readonly kind: string };

/** One question of the API server, with what Domicile reads of it. */
export type Review = {
  readonly uid: string;
  readonly operation: "CREATE" | "UPDATE";
  readonly kind: ReviewedKind;
  /** Empty for the object itself. */
  readonly subresource: string;
  /** Empty for what has none. */
  readonly namespace: string;
  readonly dryRun: boolean;
  /** The object's name, or its generateName, or empty. */
  readonly name: string;
  readonly user: { readonly name: string; readonly groups: readonly string[] };
  /** As received: only what a decision reads is looked at, and a patch leaves the rest alone. */
  readonly object: JsonObject;
  readonly oldObject: JsonObject | undefined;
};

/**
 * What the paths of problems begin with. The API server encodes what it sends from typed objects, so a problem in it is a
 * client that is not the API server.
 */
export const objectPath = "request.object";

/** What a body is. `uid` is known when enough could be read to answer with an AdmissionReview. */
export type Reading =
  | { readonly kind: "review"; readonly review: Review }
  | { readonly kind: "malformed"; readonly uid: string | undefined; readonly message: string };

/** The sentence for a request that is no question: `found` says what stands where. */
export const malformedMessage = (found: string): string => `${explain("Malformed", `${found}.`)} (Malformed)`;

/** Reads a parsed body as an admission.k8s.io/v1 AdmissionReview. Never throws, whatever it is given. */
export const readReview = (body: unknown): Reading => {
  if (!isObject(body)) return malformed(undefined, `The body is ${nameOf(body)}, not an object`);
  const { request } = body;
  const uid = isObject(request) && isUid(request["uid"]) ? request["uid"] : undefined;
  const fault = envelopeFault(body);
  if (fault !== undefined) return malformed(uid, fault);
  if (!isObject(request)) return malformed(uid, `request is ${nameOf(request)}`);
  if (uid === undefined) return malformed(uid, `request.uid is ${nameOf(request["uid"])}, not 1 to 128 characters`);
  return readRequest(uid, request);
};

const envelopeFault = ({ apiVersion, kind }: JsonObject): string | undefined => {
  if (kind !== "AdmissionReview") return `kind is ${nameOf(kind)}, not AdmissionReview`;
  if (apiVersion !== "admission.k8s.io/v1") return `apiVersion is ${nameOf(apiVersion)}, not admission.k8s.io/v1`;
  return undefined;
};

const readRequest = (uid: string, request: JsonObject): Reading => {
  const { operation, kind, object, oldObject } = request;
  if (operation !== "CREATE" && operation !== "UPDATE")
    return malformed(uid, `request.operation is ${nameOf(operation)}, not CREATE or UPDATE`);
  if (!isKind(kind)) return malformed(uid, `request.kind is ${nameOf(kind)}, not a group, version and kind`);
  const clusterWide = isClusterWide(kind);
  const namespace = clusterWide ? "" : namespaceIn(request, kind);
  if (typeof namespace !== "string" || (namespace === "" && !clusterWide))
    return malformed(uid, `request.namespace is ${nameOf(namespace)}, and ${kind.kind} has a namespace`);
  if (!isObject(object)) return malformed(uid, `request.object is ${nameOf(object)}, not an object`);
  if (!isObject(oldObject ?? {})) return malformed(uid, `request.oldObject is ${nameOf(oldObject)}, not an object`);
  const review: Review = {
    uid,
    operation,
    kind,
    dryRun: request["dryRun"] === true,
    subresource: textOr(request["subResource"], ""),
    namespace,
    name: nameIn(request, object),
    user: readUser(request["userInfo"]),
    object,
    oldObject: isObject(oldObject) ? oldObject : undefined,
  };
  return { kind: "review", review };
};

const isClusterWide = ({ group, kind }: ReviewedKind): boolean =>
  group === ourGroup || policyKinds.some((known) => !known.namespaced && known.group === group && known.kind === kind);

/** A namespace is in itself; while it is being made the request says no namespace. */
const namespaceIn = ({ namespace, object }: JsonObject, { group, kind }: ReviewedKind): unknown => {
  if (group !== "" || kind !== "Namespace" || !isObject(object)) return namespace;
  return isObject(object["metadata"]) ? object["metadata"]["name"] : undefined;
};

const malformed = (uid: string | undefined, found: string): Reading => ({
  kind: "malformed",
  uid,
  message: malformedMessage(found),
});

// A uid is echoed; Kubernetes' own have 36 characters.
const isUid = (value: unknown): value is string => typeof value === "string" && value !== "" && value.length <= 128;

const isKind = (value: unknown): value is ReviewedKind =>
  isObject(value) && [value["group"], value["version"], value["kind"]].every((part) => typeof part === "string");

const readUser = (user: unknown): Review["user"] => {
  if (!isObject(user)) return { name: "", groups: [] };
  const groups = Array.isArray(user["groups"]) ? user["groups"].filter((group) => typeof group === "string") : [];
  return { name: textOr(user["username"], ""), groups };
};

const nameIn = (request: JsonObject, object: JsonObject): string => {
  const metadata = isObject(object["metadata"]) ? object["metadata"] : {};
  const names = [request["name"], metadata["name"], metadata["generateName"]];
  return textOr(
    names.find((name) => typeof name === "string" && name !== ""),
    "",
  );
};

const textOr = (value: unknown, otherwise: string): string => (typeof value === "string" ? value : otherwise);

/** A value as a message may show it: short, and never an object's content. */
const nameOf = (value: unknown): string => {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : String(value);
};
