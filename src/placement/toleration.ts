import type { PodSpec, Toleration } from "../api/kubernetes.ts";
import { exclusiveEffect, exclusiveKey } from "../api/names.ts";

/** Whether the scheduler would let a pod with this spec onto nodes that the zone keeps to itself. */
export const tolerates = (spec: PodSpec | undefined, zone: string): boolean =>
  (spec?.tolerations ?? []).some((toleration) => matches(toleration, exclusiveKey(zone)));

/** As Kubernetes matches a taint without a value. */
const matches = ({ key = "", operator = "", value = "", effect = "" }: Toleration, taint: string): boolean => {
  if (effect !== "" && effect !== exclusiveEffect) return false;
  if (operator === "Exists") return key === "" || key === taint;
  return (operator === "" || operator === "Equal") && key === taint && value === "";
};

/** The spec with the toleration of the zone's taint after all others, unless one of those tolerates it. */
export const tolerate = <S extends PodSpec>(spec: S, zone: string): S =>
  tolerates(spec, zone) ? spec : { ...spec, tolerations: [...(spec.tolerations ?? []), tolerationOf(zone)] };

/** The one toleration that is added. */
export const tolerationOf = (zone: string): Toleration => ({
  key: exclusiveKey(zone),
  operator: "Exists",
  effect: exclusiveEffect,
});
