import { sealedLabel, zoneLabel } from "../api/names.ts";
import { list } from "./cel.ts";
import { everywhere, notDomicile, type NativePolicy } from "./policy.ts";

/** Whether a NetworkPolicy, named by an expression, bears a name that is Domicile's in zones: `isOurPolicy()` in CEL. */
export const isOurs = (policy: string): string =>
  `${policy}.metadata.name.matches('^domicile-(isolate|allow(-([2-9]|[1-9][0-9]+))?)$')`;

/** The policies that isolate a zone are Domicile's alone: isolation would be one `kubectl delete` away. */
export const networkPoliciesPolicy = (user: string): NativePolicy => ({
  name: "domicile-policies",
  spec: {
    failurePolicy: "Fail",
    matchConstraints: everywhere([
      {
        apiGroups: ["networking.k8s.io"],
        apiVersions: ["v1"],
        resources: ["networkpolicies"],
        operations: ["CREATE", "UPDATE", "DELETE"],
        scope: "Namespaced",
      },
    ]),
    matchConditions: [
      notDomicile(user),
      // By the object's name: request.name is empty when one is generated or a whole collection is deleted.
      {
        name: "is-ours",
        expression: isOurs(judged),
      },
      // Deleting a namespace deletes what is in it. The second name is the controller manager's where its controllers
      // share one identity. Not the garbage collector: our policies have no owner, and one planted before the namespace
      // joined would open it (docs/adr/0006).
      {
        name: "not-the-namespace-going-away",
        expression: `!(request.operation == 'DELETE' && request.userInfo.username in ${list(["system:serviceaccount:kube-system:namespace-controller", "system:kube-controller-manager"])})`,
      },
    ],
    variables: [
      // namespaceObject is not there in match conditions.
      { name: "labels", expression: "has(namespaceObject.metadata.labels) ? namespaceObject.metadata.labels : {}" },
      {
        name: "zones",
        expression: `${list([sealedLabel, zoneLabel])}.filter(k, k in variables.labels).map(k, variables.labels[k])`,
      },
    ],
    validations: [
      {
        expression: "variables.zones.size() == 0",
        reason: "Forbidden",
        messageExpression: [
          "'NetworkPolicy ' + request.namespace + '/'",
          `${judged}.metadata.name`,
          `' may be created, changed or deleted only by Domicile (${user}), because it isolates the pods of zone '`,
          "variables.zones[0]",
          "'. To change what it allows, change spec.egress or spec.ingress of the ResidencyZone '",
          "variables.zones[0]",
          "'; a policy of your own needs another name.'",
        ].join(" + "),
      },
    ],
  },
});

const judged = "(request.operation == 'DELETE' ? oldObject : object)";
