import { canaryName } from "../api/canary.ts";
import { hole, quote, text } from "./cel.ts";
import { everywhere, type NativePolicy, type ResourceRule } from "./policy.ts";

/**
 * Of pods and their bindings those of the one name that RBAC lets the account write: so nobody else's are ever looked
 * at. An update would put another image into a pod of that name that somebody else runs.
 */
const accountRules: readonly ResourceRule[] = [
  {
    apiGroups: [""],
    apiVersions: ["v1"],
    resources: ["pods"],
    resourceNames: [canaryName],
    operations: ["CREATE", "UPDATE"],
    scope: "Namespaced",
  },
  {
    apiGroups: [""],
    apiVersions: ["v1"],
    resources: ["pods/binding", "bindings"],
    resourceNames: [canaryName],
    operations: ["CREATE"],
    scope: "Namespaced",
  },
  { apiGroups: [""], apiVersions: ["v1"], resources: ["namespaces"], operations: ["CREATE"], scope: "Cluster" },
];

/** A namespace's own request sometimes bears a namespace and sometimes none. */
const isNamespace = "request.resource.resource == 'namespaces'";

const prefix = quote(`${canaryName}-`);

/**
 * Domicile's own account may write what its canary needs, which RBAC cannot say: pods and bindings as a dry run, in a
 * canary's namespace, and namespaces of the canary's names.
 */
export const accountPolicy = (user: string): NativePolicy => ({
  name: "domicile-account",
  spec: {
    failurePolicy: "Fail",
    matchConstraints: everywhere(accountRules),
    matchConditions: [{ name: "is-domicile", expression: `request.userInfo.username == ${quote(user)}` }],
    validations: [
      {
        expression: `${isNamespace} ? object.metadata.name.startsWith(${prefix}) : request.dryRun && request.namespace.startsWith(${prefix})`,
        reason: "Forbidden",
        messageExpression: text(
          `${hole("request.kind.kind")} ${hole(`${isNamespace} ? '' : request.namespace + '/'`)}${hole("object.metadata.name")} may not be written by Domicile's own account (${user}), which makes namespaces called ${canaryName}-<zone> alone, and pods and bindings there as a dry run. Find out who acts as this account: docs/service-account.md says what to do.`,
        ),
      },
    ],
  },
});
