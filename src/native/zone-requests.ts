import { namespaceNameLabel, zoneLabel } from "../api/names.ts";
import type { NativeInput } from "./input.ts";
import type { MatchCondition, MatchConstraints, ResourceRule } from "./policy.ts";

/** Pods, but none of their subresources: of these none decides where a pod runs. */
export const podRules: readonly ResourceRule[] = [
  { apiGroups: [""], apiVersions: ["v1"], resources: ["pods"], operations: ["CREATE", "UPDATE"], scope: "Namespaced" },
];

/** A pod's own subresource, and the older resource that the API server still serves. Either binds any pod to any node. */
export const bindingRules: readonly ResourceRule[] = [
  {
    apiGroups: [""],
    apiVersions: ["v1"],
    resources: ["pods/binding", "bindings"],
    operations: ["CREATE"],
    scope: "Namespaced",
  },
];

/** NetworkPolicies. Of no policy is it looked at who deletes it: that opens nothing that the rest does not. */
export const policyRules: readonly ResourceRule[] = [
  {
    apiGroups: ["networking.k8s.io"],
    apiVersions: ["v1"],
    resources: ["networkpolicies"],
    operations: ["CREATE", "UPDATE"],
    scope: "Namespaced",
  },
];

/** False for what leaves a policy's spec as it was: whoever labels an old one, or takes its finalizer, opens nothing. */
export const changesSpec: MatchCondition = {
  name: "changes-spec",
  expression: "request.operation == 'CREATE' || object.spec != oldObject.spec",
};

/** These requests in zones that enforce, in every namespace that may be in one. */
export const inZones = (
  { lenient, exempt }: Pick<NativeInput, "lenient" | "exempt">,
  resourceRules: readonly ResourceRule[],
): MatchConstraints => ({
  matchPolicy: "Equivalent",
  // Zones that only warn or count are left out here, so that requests there cost nothing. Zones that enforce are not
  // named: an API server takes a second to heed a change, and would refuse the first pods of every new zone.
  namespaceSelector: {
    matchExpressions: [
      { key: zoneLabel, operator: "Exists" },
      ...(lenient.length > 0 ? [{ key: zoneLabel, operator: "NotIn", values: lenient }] : []),
      { key: namespaceNameLabel, operator: "NotIn", values: exempt },
    ],
  },
  objectSelector: {},
  resourceRules,
});
