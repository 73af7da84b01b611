import { canaryName } from "../api/canary.ts";
import { zoneLabel } from "../api/names.ts";
import { hole, quote, text } from "./cel.ts";
import type { NativeInput } from "./input.ts";
import type { MatchCondition, NativePolicy } from "./policy.ts";

/** By the name's beginning: a list of zones would be heeded only a second after a zone was made. */
const inCanary: MatchCondition = {
  name: "in-a-canary",
  expression: `request.namespace.startsWith(${quote(`${canaryName}-`)})`,
};

/** In the words of CEL: when a pod is to run where nothing does, and what is said of it. */
export const runsInCanary = {
  when: `request.operation == 'CREATE' && !request.dryRun && ${inCanary.expression}`,
  says: text(
    `Pod ${hole("request.namespace")}/${hole("request.name")} may not be created: in namespaces called ${canaryName}-<zone> Domicile tries its own guards, and nothing runs there. Use another namespace of the zone.`,
  ),
};

/**
 * Nothing ever runs in the namespaces in which Domicile tries its guards: what is asked there is asked as a dry run. In
 * zones that enforce `domicile-pods` says so, for a policy of its own made every pod of theirs into CEL's form once
 * more; this one is for those that stopped enforcing, which that leaves out.
 */
export const canaryPolicy = ({ lenient }: Pick<NativeInput, "lenient">): NativePolicy => ({
  name: canaryName,
  spec: {
    failurePolicy: "Fail",
    matchConstraints: {
      matchPolicy: "Equivalent",
      // No zone has an empty name, and no selector an empty list.
      namespaceSelector: {
        matchExpressions: [{ key: zoneLabel, operator: "In", values: lenient.length > 0 ? lenient : [""] }],
      },
      objectSelector: {},
      resourceRules: [
        { apiGroups: [""], apiVersions: ["v1"], resources: ["pods"], operations: ["CREATE"], scope: "Namespaced" },
      ],
    },
    matchConditions: [inCanary],
    validations: [{ expression: "request.dryRun", reason: "Forbidden", messageExpression: runsInCanary.says }],
  },
});
