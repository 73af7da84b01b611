import { topologyLabels } from "../api/names.ts";
import { refusalOf } from "../api/reasons.ts";
import { regionFromLabel } from "../oci/labels.ts";
import { regions } from "../oci/regions.ts";
import { hole, list, quote, text } from "./cel.ts";
import { everywhere, type NativePolicy } from "./policy.ts";

/**
 * A node that says of itself two things that cannot both be true is not verified, whoever wrote them; a change that
 * makes it do so is refused here, so that it is told to whoever tries. Only changes: heartbeats of a node that
 * disagreed before go on, and a node that joins so is judged and told as any.
 */
export const nodeEvidencePolicy = (): NativePolicy => ({
  name: "domicile-node-evidence",
  spec: {
    failurePolicy: "Fail",
    matchConstraints: everywhere([
      {
        apiGroups: [""],
        apiVersions: ["v1"],
        resources: ["nodes", "nodes/status"],
        operations: ["UPDATE"],
        scope: "Cluster",
      },
    ]),
    matchConditions: [
      {
        name: "changes-evidence",
        expression: `${providerID("object")} != ${providerID("oldObject")} || ${keys}.exists(k, ${label("object", "k")} != ${label("oldObject", "k")})`,
      },
    ],
    variables: [
      { name: "providerID", expression: providerID("object") },
      {
        name: "ocid",
        expression:
          "(variables.providerID.startsWith('oci://') ? variables.providerID.substring(6) : variables.providerID).split('.')",
      },
      // A region that is not in the list is no claim that can be compared: it may be newer than this version.
      {
        name: "claimed",
        expression: `variables.ocid.size() >= 5 && variables.ocid[0] == 'ocid1' ? ${byName("variables.ocid[3].replace('_', '-')", spellings, "''")} : ''`,
      },
      {
        name: "contradicting",
        expression: `variables.claimed == '' ? [] : ${keys}.filter(k, ${label("object", "k")} != '' && ${byName(label("object", "k"), shortLabels, label("object", "k"))} != variables.claimed)`,
      },
    ],
    validations: [
      {
        expression: "variables.contradicting.size() == 0",
        reason: "Forbidden",
        messageExpression: text(
          refusalOf(`node ${hole("object.metadata.name")}`, {
            reason: "LabelContradictsProvider",
            field: `metadata.labels[${hole("variables.contradicting[0]")}]`,
            found: `is "${hole("object.metadata.labels[variables.contradicting[0]]")}", and the providerID says ${hole("variables.claimed")}`,
          }),
        ),
      },
    ],
  },
});

const providerID = (object: string): string => `(has(${object}.spec.providerID) ? ${object}.spec.providerID : '')`;

/** The cloud controller writes the second over the first, so both are evidence. */
const keys = list([topologyLabels.region, topologyLabels.betaRegion]);

const label = (object: string, key: string): string =>
  `(has(${object}.metadata.labels) && ${key} in ${object}.metadata.labels ? ${object}.metadata.labels[${key}] : '')`;

/** Every spelling of a region that an OCID may carry, but for underscores. */
const spellings: readonly (readonly [spelled: string, identifier: string])[] = regions.flatMap(
  ({ key, identifier }) => [[key, identifier] as const, [identifier, identifier] as const],
);

/** What region labels say otherwise than by the identifier: the keys of the two oldest regions. */
const shortLabels = regions.flatMap(({ key, identifier }) =>
  regionFromLabel(key)?.identifier === identifier ? [[key, identifier] as const] : [],
);

const byName = (name: string, names: readonly (readonly [string, string])[], otherwise: string): string => {
  const map = `{${names.map(([from, to]) => `${quote(from)}: ${quote(to)}`).join(", ")}}`;
  return `(${name} in ${map} ? ${map}[${name}] : ${otherwise})`;
};
