import { isDeepStrictEqual } from "node:util";
import type { KubeObject } from "../kube/objects.ts";
import { hasEntryFor, type WebhookConfiguration } from "./webhook-configurations.ts";

/** Whether a stored configuration is what was compiled: every entry whole, our labels and our owner. */
export const sameConfiguration = (live: KubeObject, wanted: WebhookConfiguration): boolean =>
  isDeepStrictEqual(live["webhooks"] ?? [], wanted.webhooks) &&
  Object.entries(wanted.metadata.labels).every(([key, value]) => live.metadata.labels?.[key] === value) &&
  isDeepStrictEqual(live.metadata.ownerReferences, wanted.metadata.ownerReferences);

/** Whether both stored configurations judge the pods of this zone with this CA. */
export const judges = (
  zone: string,
  caBundle: string,
  ...configurations: readonly (KubeObject | undefined)[]
): boolean =>
  configurations.every((live) => live !== undefined && trusts(live, caBundle) && hasEntryFor(zone, names(live)));

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

const entries = (live: KubeObject): readonly StoredEntry[] =>
  Array.isArray(live["webhooks"]) ? (live["webhooks"] as readonly StoredEntry[]) : [];

const names = (live: KubeObject): readonly string[] => entries(live).map(({ name }) => name ?? "");
