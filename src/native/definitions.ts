import { group } from "../api/names.ts";
import { quote } from "./cel.ts";
import { everywhere, type NativePolicy } from "./policy.ts";

const annotation = quote("domicile.dev/deletion");

/**
 * Deleting a CustomResourceDefinition deletes every object of it, and asks no admission for them: every zone would go in
 * one request. Whoever means it says so on the definition first.
 */
export const definitionsPolicy = (): NativePolicy => ({
  name: "domicile-definitions",
  spec: {
    failurePolicy: "Fail",
    matchConstraints: everywhere([
      {
        apiGroups: ["apiextensions.k8s.io"],
        apiVersions: ["v1"],
        resources: ["customresourcedefinitions"],
        operations: ["DELETE"],
        scope: "Cluster",
      },
    ]),
    matchConditions: [
      // By the object: request.name is empty when a whole collection is deleted.
      { name: "is-ours", expression: `oldObject.spec.group == ${quote(group)}` },
    ],
    validations: [
      {
        expression: `has(oldObject.metadata.annotations) && ${annotation} in oldObject.metadata.annotations && oldObject.metadata.annotations[${annotation}] == 'allowed'`,
        reason: "Forbidden",
        messageExpression:
          "'CustomResourceDefinition ' + oldObject.metadata.name + ' may not be deleted, because every ' + oldObject.spec.names.kind + ' in the cluster would be deleted with it. If that is meant, say so first (metadata.annotations): kubectl annotate crd ' + oldObject.metadata.name + ' domicile.dev/deletion=allowed'",
      },
    ],
  },
});
