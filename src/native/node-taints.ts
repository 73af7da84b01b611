import { exclusivePrefix } from "../api/names.ts";
import { quote } from "./cel.ts";
import { everywhere, notDomicile, type NativePolicy, type ResourceRule } from "./policy.ts";

/** Nodes alone: the API server takes nothing of a node's spec through its status. */
const nodeRules: readonly ResourceRule[] = [
  { apiGroups: [""], apiVersions: ["v1"], resources: ["nodes"], operations: ["CREATE", "UPDATE"], scope: "Cluster" },
];

/** Our taints of a node, as texts: they are compared, and named in the sentence. */
const taintsOf = (node: string): string =>
  `(${node} != null && has(${node}.spec.taints) ? ${node}.spec.taints.filter(t, t.key.startsWith(${quote(exclusivePrefix)})).map(t, t.key + (has(t.value) ? '=' + t.value : '') + ':' + t.effect) : [])`;

/**
 * A taint of ours keeps a zone's nodes free of others' pods. Whoever may edit nodes could take it away, and whoever
 * joins a node could put it on, so that nothing runs there.
 */
export const nodeTaintsPolicy = (user: string): NativePolicy => ({
  name: "domicile-node-taints",
  spec: {
    failurePolicy: "Fail",
    matchConstraints: everywhere(nodeRules),
    matchConditions: [notDomicile(user)],
    variables: [
      { name: "before", expression: taintsOf("oldObject") },
      { name: "after", expression: taintsOf("object") },
    ],
    validations: [
      {
        expression: "variables.before == variables.after",
        reason: "Forbidden",
        messageExpression: `'Node ' + object.metadata.name + ': the taint ' + (variables.before + variables.after)[0] + ' (spec.taints) may be set, changed or removed only by Domicile (${user}), because it keeps the nodes of a zone to the zone. Leave it as it is, or leave it out of a new node. To open the nodes, set spec.nodes.exclusivity of the ResidencyZone to Shared.'`,
      },
    ],
  },
});
