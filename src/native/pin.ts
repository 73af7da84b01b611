import { nodeLabelValue } from "../api/names.ts";
import { quote } from "./cel.ts";
import type { NativeInput } from "./input.ts";
import { moves, notMirrorPod } from "./pod-conditions.ts";
import { zoneVariables } from "./pods.ts";
import type { MatchCondition, MatchConstraints, Variable } from "./policy.ts";
import { inZones, podRules } from "./zone-requests.ts";

/** A MutatingAdmissionPolicySpec with every field that the API server would default written out. */
export type MutatingSpec = {
  readonly failurePolicy: "Fail";
  readonly reinvocationPolicy: "IfNeeded";
  readonly matchConstraints: MatchConstraints;
  readonly matchConditions: readonly MatchCondition[];
  readonly variables: readonly Variable[];
  readonly mutations: readonly [
    { readonly patchType: "JSONPatch"; readonly jsonPatch: { readonly expression: string } },
  ];
};

/** A policy that pins pods where no webhook does, bound to everything it matches under its own name. */
export type MutatingPolicy = { readonly name: string; readonly spec: MutatingSpec };

/** The name of the one mutating policy. */
export const pinName = "domicile-pin";

/**
 * Adds the zone's selector to a pod that lacks it, as `pin()` does. By JSONPatch, for nodeSelector is atomic and an
 * applied one would replace what is there. What else is wrong with the pod is for `domicile-pods` to say.
 */
export const pinPolicy = (input: NativeInput): MutatingPolicy => ({
  name: pinName,
  spec: {
    failurePolicy: "Fail",
    reinvocationPolicy: "IfNeeded",
    matchConstraints: inZones(input, podRules),
    matchConditions: [notMirrorPod, { name: "moves", expression: moves }],
    variables: zoneVariables,
    mutations: [{ patchType: "JSONPatch", jsonPatch: { expression: patch } }],
  },
});

const value = quote(nodeLabelValue);
const patch = [
  "!has(object.spec.nodeSelector)",
  `? [JSONPatch{op: 'add', path: '/spec/nodeSelector', value: {variables.key: ${value}}}]`,
  ": variables.key in object.spec.nodeSelector",
  "? []",
  `: [JSONPatch{op: 'add', path: '/spec/nodeSelector/' + jsonpatch.escapeKey(variables.key), value: ${value}}]`,
].join(" ");
