import { group, zoneLabel } from "../api/names.ts";
import { quote } from "./cel.ts";
import type { MatchCondition, ResourceRule } from "./policy.ts";

/** Namespaces by whatever door their labels are changed. */
export const namespaceRules = [
  {
    apiGroups: [""],
    apiVersions: ["v1"],
    resources: ["namespaces", "namespaces/status", "namespaces/finalize"],
    operations: ["CREATE", "UPDATE"],
    scope: "Cluster",
  },
] as const satisfies readonly ResourceRule[];

/** A namespace's zone label as a CEL list of one, or empty; `oldObject` is null for a namespace that is being made. */
const labelOf = (object: "object" | "oldObject"): string =>
  `(${object} != null && has(${object}.metadata.labels) && ${quote(zoneLabel)} in ${object}.metadata.labels ? [${object}.metadata.labels[${quote(zoneLabel)}]] : [])`;

/** The zone that a namespace was in, as a CEL list of one, or empty. */
export const before = labelOf("oldObject");
/** The zone that it is to be in, likewise. */
export const after = labelOf("object");

/** Whether whoever asks has the verb on the zone that an expression names: asked of the API server's own authorizer. */
export const granted = (verb: "use" | "declassify" | "approve", zone: string): string =>
  `authorizer.group(${quote(group)}).resource('residencyzones').name(${zone}).check(${quote(verb)}).allowed()`;

/** Somebody sets a zone's label who may not use the zone. */
export const joinsUngranted: MatchCondition = {
  name: "joins-ungranted",
  expression: `${before} != ${after} && ${after}.size() > 0 && !${granted("use", `${after}[0]`)}`,
};

/** Somebody takes a zone's label away who may not declassify the zone. */
export const leavesUngranted: MatchCondition = {
  name: "leaves-ungranted",
  expression: `${before} != ${after} && ${before}.size() > 0 && !${granted("declassify", `${before}[0]`)}`,
};

/** Whatever else of a namespace is changed is none of our business, also where its label names a zone that is gone. */
export const changesZone: MatchCondition = { name: "changes-zone", expression: `${before} != ${after}` };
