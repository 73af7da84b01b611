import { group, version } from "../api/names.ts";
import { denial, hole, quote } from "./cel.ts";
import type { NativeInput } from "./input.ts";
import { granted } from "./namespace-labels.ts";
import { namingZones } from "./naming.ts";
import { everywhere, type NativePolicy, type Validation } from "./policy.ts";

/**
 * A zone approves a RemoteCluster by its name, so whoever may write the cluster could widen the zone. What grows needs
 * the verb `approve` on each zone that approved it; what shrinks, and what is deleted, needs nothing. One that is made
 * under an approved name grows from nothing, or deleting it and making it anew would be the way around.
 */
export const approvalsPolicy = ({ approvals }: Pick<NativeInput, "approvals">): NativePolicy => ({
  name: "domicile-approvals",
  spec: {
    failurePolicy: "Fail",
    matchConstraints: everywhere([
      {
        apiGroups: [group],
        apiVersions: [version],
        resources: ["remoteclusters"],
        operations: ["CREATE", "UPDATE"],
        scope: "Cluster",
      },
    ]),
    matchConditions: [{ name: "is-made-or-changes", expression: "oldObject == null || object.spec != oldObject.spec" }],
    variables: [
      { name: "name", expression: "object.metadata.name" },
      ...approving(approvals),
      { name: "all", expression: grantedOnAll },
      { name: "before", expression: "oldObject == null ? [] : oldObject.spec.networks" },
      { name: "grown", expression: `object.spec.networks.filter(n, ${grows}).map(n, n.name)` },
    ],
    validations: [...Array.from({ length: zonesAskedFor }, (_, at) => refusalFor(at)), refusalBeyond],
  },
});

const approving = (approvals: NativeInput["approvals"]) => {
  const zones = namingZones(
    "zones",
    approvals.map(({ zone, clusters }) => ({ zone, names: clusters })),
  );
  return zones.length === 0 ? [{ name: "zones", expression: "[]" }] : zones;
};

/** Whoever may approve for every zone is asked about once, whatever zones there are. */
const grantedOnAll = `authorizer.group(${quote(group)}).resource('residencyzones').check('approve').allowed()`;

/** Whether one network of before opens block `c` on port `p`. */
const opened =
  "o.ports.exists(q, q.protocol == p.protocol && q.port <= p.port && (has(q.endPort) ? q.endPort : q.port) >= (has(p.endPort) ? p.endPort : p.port)) && (c in o.cidrs || o.cidrs.exists(d, cidr(d).containsCIDR(c)))";

/**
 * Whether network `n` opens what no single network of before opened. How blocks are written, named and ordered changes
 * nothing; what only several blocks, or several ranges of ports, held together is taken for growth.
 */
const grows = `!(n in variables.before) && !n.cidrs.all(c, n.ports.all(p, variables.before.exists(o, ${opened})))`;

/** Asking the authorizer is the dearest call of CEL: a policy's budget holds 28. */
const zonesAskedFor = 16;

/** May is asked before what: whoever may approve is never held up by what a comparison of large networks costs. */
const refusal = (unless: string, zone: string): Validation => ({
  expression: `${unless} || variables.grown.size() == 0`,
  reason: "Forbidden",
  messageExpression: denial("ApproveNotGranted", {
    zone: hole(zone),
    field: `RemoteCluster ${hole("variables.name")}`,
    found: `grows in network ${hole("variables.grown.join(', ')")} by ${hole("request.userInfo.username")}, who may not approve`,
  }),
});

const refusalFor = (at: number): Validation => {
  const zone = `variables.zones[${at}]`;
  return refusal(`variables.zones.size() <= ${at} || variables.all || ${granted("approve", zone)}`, zone);
};

/** More zones than can be asked about one by one: whoever may approve for all of them. */
const refusalBeyond = refusal(
  `variables.zones.size() <= ${zonesAskedFor} || variables.all`,
  `variables.zones[${zonesAskedFor}]`,
);
