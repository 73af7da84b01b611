import { networkAttachmentAnnotations, reservedDomains, sealedLabel, topologyLabels, zoneLabel } from "../api/names.ts";
import { defaultSchedulers } from "../api/zone-schedulers.ts";
import { denial, hole, list, quote, valueOf } from "./cel.ts";
import type { NativeInput } from "./input.ts";
import { namespaceFaults, zone } from "./namespace-faults.ts";
import type { NativePolicy, Validation, Variable } from "./policy.ts";
import { bindingRules, inZones } from "./zone-requests.ts";

/**
 * What `bind()` says of a Binding, as far as the Binding itself shows it, and that only the zone's schedulers bind: no
 * expression can see a node, so whoever binds has to be trusted to honour selectors. It runs before the webhook, which
 * judges the node for what a trusted scheduler sends besides its plain Bindings.
 */
export const bindingsPolicy = (input: NativeInput): NativePolicy => ({
  name: "domicile-bindings",
  spec: {
    failurePolicy: "Fail",
    matchConstraints: inZones(input, bindingRules),
    variables: [
      { name: "marks", expression: "has(namespaceObject.metadata.labels) ? namespaceObject.metadata.labels : {}" },
      { name: "zone", expression: valueOf("variables.marks", zoneLabel) },
      { name: "sealed", expression: valueOf("variables.marks", sealedLabel) },
      ...schedulersOf(input),
      { name: "labels", expression: "has(object.metadata.labels) ? object.metadata.labels : {}" },
      // The API server writes the node's region and zone over what was sent, but here alone; elsewhere they are claims.
      {
        name: "written",
        expression:
          "has(request.subResource) && request.subResource == 'binding' && has(object.target.kind) && object.target.kind == 'Node'",
      },
      {
        name: "strange",
        expression: `variables.labels.map(k, k).filter(k, !(variables.written && k in ${topology}))`,
      },
      {
        name: "reserved",
        expression: `has(object.metadata.annotations) ? object.metadata.annotations.map(k, k).filter(k, ${reserved}) : []`,
      },
    ],
    validations: validations(input),
  },
});

/** One CEL expression holds 100,000 characters; of so many zones the schedulers are at most 90,000. */
const zonesAtOnce = 16;

/** Kubernetes' own scheduler, also for a zone that was made a moment ago: the zones that trust others are written out. */
const schedulersOf = ({ schedulers }: NativeInput): readonly Variable[] => {
  const zones = Object.entries(schedulers);
  const parts = Array.from({ length: Math.ceil(zones.length / zonesAtOnce) }, (_, at) => ({
    name: `trusted${at}`,
    expression: zones
      .slice(at * zonesAtOnce, (at + 1) * zonesAtOnce)
      .map(([name, users]) => `(variables.zone == ${quote(name)} ? ${list(users)} : [])`)
      .join(" + "),
  }));
  if (parts.length === 0) return [{ name: "schedulers", expression: list(defaultSchedulers) }];
  return [
    ...parts,
    { name: "trusted", expression: parts.map(({ name }) => `variables.${name}`).join(" + ") },
    // A zone names one at least.
    {
      name: "schedulers",
      expression: `variables.trusted.size() > 0 ? variables.trusted : ${list(defaultSchedulers)}`,
    },
  ];
};

const topology = list([topologyLabels.region, topologyLabels.zone]);

/** `isReservedAnnotation` of api/names.ts, in CEL. */
const reserved = [
  `k in ${list(networkAttachmentAnnotations)}`,
  ...reservedDomains.flatMap((domain) => [
    `k.split('/')[0] == ${quote(domain)}`,
    `k.split('/')[0].endsWith(${quote(`.${domain}`)})`,
  ]),
].join(" || ");

/** In the order of `bind()`: the first that fails is what a person reads. */
const validations = ({ gone }: NativeInput): readonly Validation[] => [
  ...namespaceFaults(gone).map(({ when, says }): Validation => ({
    expression: `!(${when})`,
    reason: "Forbidden",
    messageExpression: says,
  })),
  {
    expression: "request.userInfo.username in variables.schedulers",
    reason: "Forbidden",
    messageExpression: denial("BinderNotTrusted", {
      zone,
      field: "the binder",
      found: `is "${hole("request.userInfo.username")}"`,
    }),
  },
  {
    expression: "variables.strange.size() == 0",
    reason: "Forbidden",
    messageExpression: denial("BindingLabel", {
      zone,
      field: `metadata.labels[${hole("variables.strange.min()")}]`,
      found: `is "${hole("variables.labels[variables.strange.min()]")}"`,
    }),
  },
  {
    expression: "variables.reserved.size() == 0",
    reason: "Forbidden",
    messageExpression: denial("BindingAnnotation", {
      zone,
      field: `metadata.annotations[${hole("variables.reserved.min()")}]`,
      found: "is set",
    }),
  },
];
