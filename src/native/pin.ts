import { exclusiveEffect, exclusivePrefix, nodeLabelValue } from "../api/names.ts";
import { list, quote } from "./cel.ts";
import type { NativeInput } from "./input.ts";
import { moves, notMirrorPod } from "./pod-conditions.ts";
import { zoneVariables } from "./pods.ts";
import type { MatchCondition, MatchConstraints, Variable } from "./policy.ts";
import { toleratesOwn } from "./tolerations.ts";
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
 * Adds the zone's selector to a pod that lacks it, and the toleration of a zone that keeps its nodes to itself, as
 * `pin()` does. By JSONPatch, for nodeSelector is atomic and an
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
    mutations: [{ patchType: "JSONPatch", jsonPatch: { expression: patches(input.exclusive) } }],
  },
});

const value = quote(nodeLabelValue);
const selector = [
  "!has(object.spec.nodeSelector)",
  `? [JSONPatch{op: 'add', path: '/spec/nodeSelector', value: {variables.key: ${value}}}]`,
  ": variables.key in object.spec.nodeSelector",
  "? []",
  `: [JSONPatch{op: 'add', path: '/spec/nodeSelector/' + jsonpatch.escapeKey(variables.key), value: ${value}}]`,
].join(" ");

const taint = `${quote(exclusivePrefix)} + variables.zone`;
const toleration = `{'key': ${taint}, 'operator': 'Exists', 'effect': ${quote(exclusiveEffect)}}`;

/** Where no zone keeps its nodes to itself nothing is said of tolerations, and nothing paid. */
const patches = (exclusive: readonly string[]): string =>
  exclusive.length === 0
    ? selector
    : `(${selector}) + (!(variables.zone in ${list(exclusive)}) || ${toleratesOwn(taint)} ? [] : has(object.spec.tolerations) ? [JSONPatch{op: 'add', path: '/spec/tolerations/-', value: ${toleration}}] : [JSONPatch{op: 'add', path: '/spec/tolerations', value: [${toleration}]}])`;
