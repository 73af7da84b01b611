import { nodeLabelPrefix } from "../api/names.ts";
import { quote } from "./cel.ts";
import { everywhere, notDomicile, type NativePolicy, type ResourceRule } from "./policy.ts";

/** Nodes, and the door to the same labels through their status. */
const nodeRules: readonly ResourceRule[] = [
  {
    apiGroups: [""],
    apiVersions: ["v1"],
    resources: ["nodes", "nodes/status"],
    operations: ["CREATE", "UPDATE"],
    scope: "Cluster",
  },
];

const prefix = quote(nodeLabelPrefix);

/**
 * A node label of ours says that zone data may run there. Agents with `patch nodes/status` could write it on any node.
 */
export const nodeLabelsPolicy = (user: string): NativePolicy => ({
  name: "domicile-node-labels",
  spec: {
    failurePolicy: "Fail",
    matchConstraints: everywhere(nodeRules),
    matchConditions: [
      notDomicile(user),
      // A heartbeat changes none of these labels and is not judged. There are no variables in a match condition.
      {
        name: "changes-our-labels",
        expression: `(has(object.metadata.labels) && object.metadata.labels.exists(k, k.startsWith(${prefix}) && !(oldObject != null && has(oldObject.metadata.labels) && k in oldObject.metadata.labels && oldObject.metadata.labels[k] == object.metadata.labels[k]))) || (oldObject != null && has(oldObject.metadata.labels) && oldObject.metadata.labels.exists(k, k.startsWith(${prefix}) && !(has(object.metadata.labels) && k in object.metadata.labels)))`,
      },
    ],
    variables: [
      {
        name: "before",
        expression: "oldObject != null && has(oldObject.metadata.labels) ? oldObject.metadata.labels : {}",
      },
      { name: "after", expression: "has(object.metadata.labels) ? object.metadata.labels : {}" },
      {
        name: "changed",
        expression: `variables.after.map(k, k).filter(k, k.startsWith(${prefix}) && !(k in variables.before && variables.before[k] == variables.after[k])) + variables.before.map(k, k).filter(k, k.startsWith(${prefix}) && !(k in variables.after))`,
      },
    ],
    validations: [
      {
        expression: "variables.changed.size() == 0",
        reason: "Forbidden",
        messageExpression: `'Node ' + object.metadata.name + ': the label ' + variables.changed.join(', ') + ' (metadata.labels) may be set, changed or removed only by Domicile (${user}), because it decides which zone data may run there. Leave it as it is, or leave it out of a new node. To change the verdict, correct the node\\'s providerID and region labels, or spec.nodes of the ResidencyZone.'`,
      },
    ],
  },
});
