import { isDeepStrictEqual } from "node:util";
import type { KubeObject } from "../kube/kube-object.ts";
import { asLeft } from "./registration-facts.ts";
import type { Registered } from "./registered.ts";

/** How an object was left in this term of leading, and in which version what others did to it was told. */
export type Left = {
  readonly wanted: Registered | undefined;
  readonly version: string | undefined;
  readonly told: string | undefined;
};

/** What was found when an object was put: nothing of others' doing, or what they did. */
export type Finding =
  | { readonly kind: "ours" }
  | { readonly kind: "made" }
  | { readonly kind: "deleted" }
  | { readonly kind: "edited"; readonly live: KubeObject };

const ours: Finding = { kind: "ours" };

/** An object as it was seen before it was put, and as it was last seen where it is gone. */
export type Before = { readonly live: KubeObject | undefined; readonly last: KubeObject | undefined };

/** Tells what others did from what Domicile did; `version` is the stored one after the put. */
export const findingOf = (
  left: Left,
  { live, last }: Before,
  wanted: Registered,
  version: string | undefined,
): Finding => {
  // What is seen may be older than what was written: then the put changed nothing, or it was told already.
  if (left.version === version) return ours;
  if (last !== undefined && left.told === last.metadata.resourceVersion) return ours;
  if (live === undefined)
    return wanted.chart !== undefined ||
      isDeepStrictEqual(last?.metadata.ownerReferences, wanted.metadata.ownerReferences)
      ? { kind: "deleted" }
      : { kind: "made" };
  // Its digest may be forged, but not to look like what was left a moment ago.
  const forged = left.wanted !== undefined && isDeepStrictEqual(left.wanted, wanted);
  return forged || !asLeft(live, wanted) ? { kind: "edited", live } : ours;
};
