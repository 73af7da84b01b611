import { isDeepStrictEqual } from "node:util";
import { digestAnnotation } from "../api/names.ts";
import type { Labels } from "../api/kubernetes.ts";
import type { KubeObject } from "../kube/kube-object.ts";
import type { ReadStore } from "../kube/store.ts";
import { contentOf, digestNow, type Registered } from "./registered.ts";
import { hasEntryFor } from "./webhook-configurations.ts";

/**
 * A stored object as it is kept: whole, but for who wrote which field. Neither kind nor apiVersion: what is listed has
 * none and what is watched has, and both are the same object.
 */
export const projectRegistered = ({ metadata, webhooks, spec }: KubeObject): KubeObject => {
  const { name = "", uid = "", resourceVersion = "", labels = {}, annotations = {}, ownerReferences = [] } = metadata;
  // Kubernetes checks what others wrote of a policy and says so in its status, a moment after them: that is no edit.
  const writers = (metadata.managedFields ?? []).filter(({ subresource = "" }) => subresource === "");
  const managedFields = writers.map(({ manager = "", time = "" }) => ({ manager, time }));
  const kept = { name, uid, resourceVersion, labels, annotations, ownerReferences, managedFields };
  return { ...(spec === undefined ? { webhooks } : { spec }), metadata: kept };
};

/** An object as it is seen, and as it was last seen, also after it went. */
export type Seen = { readonly now: () => KubeObject | undefined; readonly last: () => KubeObject | undefined };

/** Remembers a store's objects by name from here on; one that went was deleted by somebody, whoever leads by then. */
export const remember = (store: ReadStore<KubeObject>): ((name: string) => Seen) => {
  const last = new Map(store.view);
  store.subscribe((name, before, after) => {
    const seen = after ?? before;
    if (seen !== undefined) last.set(name, seen);
  });
  return (name) => ({ now: () => store.view.get(name), last: () => last.get(name) });
};

/** Whether a stored object is what was compiled: its content whole, our labels, our digest and our owner. */
export const asCompiled = (live: KubeObject, wanted: Registered): boolean =>
  isDeepStrictEqual(contentOf(live), contentOf(wanted)) &&
  holds(live.metadata.labels, wanted.metadata.labels) &&
  holds(live.metadata.annotations, wanted.metadata.annotations) &&
  (wanted.chart !== undefined || isDeepStrictEqual(live.metadata.ownerReferences, wanted.metadata.ownerReferences));

/** Whether a stored object is as some replica of Domicile left it, for these zones or for those of before. */
export const asLeft = (live: KubeObject, wanted: Registered): boolean =>
  // Version 0.1.0 wrote no digest, and an upgrade from it is nobody's edit.
  digestNow(live, wanted) ===
  (live.metadata.annotations?.[digestAnnotation] ?? wanted.metadata.annotations[digestAnnotation]);

const holds = (live: Labels | undefined, wanted: Labels): boolean =>
  Object.entries(wanted).every(([key, value]) => live?.[key] === value);

/** Both configurations as stored, and whether native policy says what the validating one would of pods. */
type Judging = {
  readonly mutating: KubeObject | undefined;
  readonly validating: KubeObject | undefined;
  readonly judgedNatively: boolean;
};

/** Whether both stored configurations judge what is made in this zone with this CA. */
export const judges = (zone: string, caBundle: string, { mutating, validating, judgedNatively }: Judging): boolean =>
  [mutating, validating].every((live) => live !== undefined && trusts(live, caBundle)) &&
  hasEntryFor(zone, "pods", names(mutating)) &&
  hasEntryFor(zone, "bindings", names(validating)) &&
  (judgedNatively || hasEntryFor(zone, "pods", names(validating)));

/** Whether a stored configuration calls us with this CA (PEM), whatever other it names beside it. */
export const trusts = (live: KubeObject, ca: string): boolean => {
  const bundles = bundlesOf(live);
  return bundles.length > 0 && bundles.every((bundle) => bundle.includes(ca.trim()));
};

/** The different CA bundles (PEM) of a stored configuration's entries: one, unless somebody edited it. */
export const bundlesOf = (live: KubeObject): readonly string[] =>
  [...new Set(entries(live).map(({ clientConfig }) => clientConfig?.caBundle ?? ""))].map((bundle) =>
    Buffer.from(bundle, "base64").toString(),
  );

type StoredEntry = { readonly name?: string; readonly clientConfig?: { readonly caBundle?: string } };

const entries = (live: KubeObject | undefined): readonly StoredEntry[] =>
  Array.isArray(live?.["webhooks"]) ? (live["webhooks"] as readonly StoredEntry[]) : [];

const names = (live: KubeObject | undefined): readonly string[] => entries(live).map(({ name }) => name ?? "");
