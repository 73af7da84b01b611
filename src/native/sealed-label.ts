import { podSecurityLabel, sealedLabel, zoneLabel } from "../api/names.ts";
import { list, quote } from "./cel.ts";
import { namespaceRules } from "./namespace-labels.ts";
import { everywhere, notDomicile, type NativePolicy } from "./policy.ts";

const label = quote(sealedLabel);
const level = quote(podSecurityLabel);

/**
 * Pods are admitted to a namespace, and peers within a zone are selected, by the seal. status and finalize are doors to
 * the same object.
 */
export const sealedLabelPolicy = (user: string): NativePolicy => ({
  name: "domicile-sealed-label",
  spec: {
    failurePolicy: "Fail",
    matchConstraints: everywhere(namespaceRules),
    matchConditions: [notDomicile(user)],
    variables: [
      // An empty value is a value: Exists selects it.
      {
        name: "before",
        expression: `oldObject != null && has(oldObject.metadata.labels) && ${label} in oldObject.metadata.labels ? [oldObject.metadata.labels[${label}]] : []`,
      },
      {
        name: "after",
        expression: `has(object.metadata.labels) && ${label} in object.metadata.labels ? [object.metadata.labels[${label}]] : []`,
      },
      // Pods on the host network are outside every NetworkPolicy, so a level that is loosened for a moment opens a zone.
      {
        name: "levels",
        expression: `[oldObject, object].map(o, o != null && has(o.metadata.labels) && ${level} in o.metadata.labels ? o.metadata.labels[${level}] : '')`,
      },
    ],
    validations: [
      {
        expression: `variables.after.size() == 0 || variables.levels[0] == variables.levels[1] || variables.levels[1] in ${list(["baseline", "restricted"])}`,
        reason: "Forbidden",
        messageExpression: `'Namespace ' + object.metadata.name + ': the label ${podSecurityLabel} (metadata.labels) may not be looser than baseline while the namespace is isolated for zone ' + variables.after[0] + ', because pods on the host network are outside every NetworkPolicy. Set baseline or restricted.'`,
      },
      {
        expression: "variables.before == variables.after",
        reason: "Forbidden",
        messageExpression: `'Namespace ' + object.metadata.name + ': the label ${sealedLabel} (metadata.labels) may be set, changed or removed only by Domicile (${user}), because it says that the namespace is isolated for zone ' + (variables.before + variables.after)[0] + '. ' + (variables.before.size() == 0 ? 'Leave it out: set ${zoneLabel}, and Domicile seals the namespace when its isolation stands.' : 'Leave it as it is: Domicile takes it away when the namespace has left its zone.')`,
      },
    ],
  },
});
