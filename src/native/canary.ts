import { canaryName } from "../api/canary.ts";
import { zoneLabel } from "../api/names.ts";
import { hole, quote, text } from "./cel.ts";
import type { NativePolicy } from "./policy.ts";

/** Nothing ever runs in the namespaces in which Domicile tries its guards: what is asked there is asked as a dry run. */
export const canaryPolicy: NativePolicy = {
  name: canaryName,
  spec: {
    failurePolicy: "Fail",
    matchConstraints: {
      matchPolicy: "Equivalent",
      namespaceSelector: { matchExpressions: [{ key: zoneLabel, operator: "Exists" }] },
      objectSelector: {},
      resourceRules: [
        { apiGroups: [""], apiVersions: ["v1"], resources: ["pods"], operations: ["CREATE"], scope: "Namespaced" },
      ],
    },
    // By the name's beginning: a list of zones would be heeded only a second after a zone was made.
    matchConditions: [{ name: "in-a-canary", expression: `request.namespace.startsWith(${quote(`${canaryName}-`)})` }],
    validations: [
      {
        expression: "request.dryRun",
        reason: "Forbidden",
        messageExpression: text(
          `Pod ${hole("request.namespace")}/${hole("request.name")} may not be created: in namespaces called ${canaryName}-<zone> Domicile tries its own guards, and nothing runs there. Use another namespace of the zone.`,
        ),
      },
    ],
  },
};
