import { exclusivePrefix, nodeLabelPrefix, nodeLabelValue, sealedLabel, zoneLabel } from "../api/names.ts";
import { runsInCanary } from "./canary.ts";
import { denial, hole, quote, valueOf } from "./cel.ts";
import type { NativeInput } from "./input.ts";
import { namespaceFaults, zone, type Fault } from "./namespace-faults.ts";
import { attachments, decidesPlacement, moves, notMirrorPod } from "./pod-conditions.ts";
import type { NativePolicy, Variable } from "./policy.ts";
import { foreignTolerations } from "./tolerations.ts";
import { inZones, podRules } from "./zone-requests.ts";

/** The name of the policy that judges pods. */
export const podsPolicyName = "domicile-pods";

/** The labels of the pod's namespace, and the zone that they name. */
export const zoneVariables: readonly Variable[] = [
  { name: "labels", expression: "has(namespaceObject.metadata.labels) ? namespaceObject.metadata.labels : {}" },
  { name: "zone", expression: valueOf("variables.labels", zoneLabel) },
  { name: "key", expression: `${quote(nodeLabelPrefix)} + variables.zone` },
];

/**
 * What `place()` says of a pod that nobody will pin any more, in CEL, so that it holds while Domicile is away or its
 * webhook configurations are gone. It runs after every mutating webhook.
 *
 * All of it is one validation: for its conditions, its validations and their messages an API server makes the whole pod
 * into CEL's form anew, and works out every message whether or not it is said.
 */
export const podsPolicy = (input: NativeInput): NativePolicy => ({
  name: podsPolicyName,
  spec: {
    failurePolicy: "Fail",
    matchConstraints: inZones(input, podRules),
    variables: [
      ...zoneVariables,
      { name: "sealed", expression: valueOf("variables.labels", sealedLabel) },
      { name: "moves", expression: moves },
      { name: "selector", expression: "has(object.spec.nodeSelector) ? object.spec.nodeSelector : {}" },
      // Our own keys that are not this zone's, or have another value: they match no node, or ask for two places.
      {
        name: "foreign",
        expression: `variables.selector.map(k, k).filter(k, k.startsWith(${quote(nodeLabelPrefix)}) && !(k == variables.key && variables.selector[k] == ${quote(nodeLabelValue)}))`,
      },
      { name: "tolerated", expression: foreignTolerations(`${quote(exclusivePrefix)} + variables.zone`) },
      {
        name: "attached",
        expression: `has(object.metadata.annotations) ? ${attachments}.filter(a, a in object.metadata.annotations) : []`,
      },
      { name: "refusal", expression: firstOf(faults(input.gone)) },
    ],
    validations: [
      { expression: "variables.refusal == ''", reason: "Forbidden", messageExpression: "variables.refusal" },
    ],
  },
});

/** The words of the first that is so, or an empty text: nobody is refused for what decides nothing. */
const firstOf = (all: readonly Fault[]): string =>
  [
    runsInCanary,
    { when: `!(${notMirrorPod.expression})`, says: "''" },
    { when: `!(${decidesPlacement.expression})`, says: "''" },
    ...all,
  ].reduceRight((rest, { when, says }) => `(${when}) ? (${says}) : ${rest}`, "''");

const nodeName = "(has(object.spec.nodeName) ? object.spec.nodeName : '')";

/** In the order of `place()`: the first is what a person reads. */
const faults = (gone: readonly string[]): readonly Fault[] => [
  ...namespaceFaults(gone).map(({ when, says }) => ({ when: `variables.moves && ${when}`, says })),
  {
    when: `variables.moves && ${nodeName} != ''`,
    says: denial("NodeNameSet", { zone, field: "spec.nodeName", found: `is "${hole(brief(nodeName))}"` }),
  },
  {
    when: "variables.moves && variables.foreign.size() > 0",
    says: denial("NodeSelectorOutsideZone", {
      zone,
      field: `spec.nodeSelector[${hole("variables.foreign.min()")}]`,
      found: `is "${hole("variables.selector[variables.foreign.min()]")}"`,
    }),
  },
  {
    when: "variables.moves && variables.tolerated.size() > 0",
    says: denial("TolerationOutsideZone", {
      zone,
      field: "spec.tolerations",
      found: `names "${hole(brief("variables.tolerated[0]"))}"`,
    }),
  },
  {
    when: "variables.attached.size() > 0",
    says: denial("NetworkAttachment", {
      zone,
      field: `metadata.annotations[${hole("variables.attached[0]")}]`,
      found: "is set",
    }),
  },
  {
    when: "variables.moves && !(variables.key in variables.selector)",
    says: denial("SelectorMissing", {
      zone,
      field: `spec.nodeSelector[${hole("variables.key")}]`,
      found: "is missing",
    }),
  },
];

/** As long as the webhook shows a value. */
const brief = (value: string): string => `${value}.size() > 80 ? ${value}.substring(0, 77) + '...' : ${value}`;
