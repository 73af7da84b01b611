import { systemNamespacePrefix, zoneLabel } from "../api/names.ts";
import type { Reason } from "../api/reasons.ts";
import { denial, hole, list, quote } from "./cel.ts";
import type { NativeInput } from "./input.ts";
import { after, before, granted, namespaceRules } from "./namespace-labels.ts";
import { namingZones } from "./naming.ts";
import { everywhere, type NativePolicy, type Validation } from "./policy.ts";

/**
 * What `moveNamespace()` says of a namespace's zone label, but for what is in the namespace, which CEL cannot see; and
 * who may set it and take it away, which only the API server knows.
 */
export const membershipPolicy = ({ zones, named, exempt }: NativeInput): NativePolicy => ({
  name: "domicile-membership",
  spec: {
    failurePolicy: "Fail",
    // By no label: one that is taken away is to be seen, and one that is missing where a zone names the namespace.
    matchConstraints: everywhere(namespaceRules),
    matchConditions: [
      { name: "is-made-or-changes-zone", expression: `request.operation == 'CREATE' || ${before} != ${after}` },
    ],
    variables: [
      { name: "name", expression: "object.metadata.name" },
      { name: "before", expression: before },
      { name: "after", expression: after },
      { name: "joins", expression: "variables.after.size() > 0" },
      { name: "leaves", expression: "variables.before.size() > 0" },
      ...namingZones(
        "namers",
        named.map(({ zone, namespaces }) => ({ zone, names: namespaces })),
      ),
    ],
    validations: [
      refusal("SystemNamespace", {
        unless: `variables.joins && (variables.name in ${list(exempt)} || variables.name.startsWith(${quote(systemNamespacePrefix)}))`,
        found: labelled,
      }),
      ...(zones === undefined
        ? []
        : [
            refusal("ZoneNotFound", {
              unless: `variables.joins && !(variables.after[0] in ${list(zones)})`,
              found: labelled,
            }),
          ]),
      ...belonging(named),
      refusal("UseNotGranted", {
        unless: `variables.joins && !${granted("use", "variables.after[0]")}`,
        found: mayNotUse(hole("variables.after[0]"), user),
      }),
      refusal("DeclassifyNotGranted", {
        unless: `variables.leaves && !${granted("declassify", "variables.before[0]")}`,
        zone: "variables.before[0]",
        found: mayNotDeclassify(hole("variables.before[0]"), user),
      }),
    ],
  },
});

/** What is found where somebody sets a zone's label without the verb. */
export const mayNotUse = (zone: string, who: string): string =>
  `is labelled ${zoneLabel}=${zone} by ${who}, who may not use the zone`;

/** What is found where somebody takes a zone's label away without the verb. */
export const mayNotDeclassify = (zone: string, who: string): string =>
  `loses the label ${zoneLabel}=${zone} by ${who}, who may not declassify`;

const labelled = `is labelled ${zoneLabel}=${hole("variables.after[0]")}`;
const user = hole("request.userInfo.username");

/** `unless` is what must not be. */
const refusal = (
  reason: Reason,
  { unless, zone = "variables.after[0]", found }: { unless: string; zone?: string; found: string },
): Validation => ({
  expression: `!(${unless})`,
  reason: "Forbidden",
  messageExpression: denial(reason, { zone: hole(zone), field: `namespace ${hole("variables.name")}`, found }),
});

const belonging = (named: NativeInput["named"]): readonly Validation[] =>
  named.length === 0
    ? []
    : [
        refusal("NamespaceNamedTwice", {
          unless: "variables.namers.size() > 1",
          zone: "variables.namers[0]",
          found: `is named by zones ${hole("variables.namers.join(', ')")}`,
        }),
        refusal("NamespaceBelongs", {
          unless: "variables.namers.size() > 0 && variables.namers != variables.after",
          zone: "variables.namers[0]",
          found: `is named by zone ${hole("variables.namers[0]")} and ${hole(
            `variables.joins ? ${quote(`is labelled ${zoneLabel}=`)} + variables.after[0] : ${quote(`has no label ${zoneLabel}`)}`,
          )}`,
        }),
      ];
