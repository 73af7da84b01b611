import { exclusiveEffect, exclusiveKey, isOurPolicy, podSecurityLabel } from "../api/names.ts";
import { compileIn } from "../egress/compile-in.ts";
import { neverJoins } from "../zone/exempt.ts";
import { membersOf } from "../zone/members.ts";
import { atLeastBaseline } from "../zone/pod-security.ts";
import type { World } from "../zone/world.ts";
import type { Zone } from "../zone/zone.ts";
import { breaks, note, some, type Finding } from "./finding.ts";
import type { PreflightView } from "./preflight-view.ts";
import type { JudgedNode } from "./seen-node.ts";

/** What of the zone itself, its nodes and its policies is in the way, or worth knowing. */
export const zoneFindings = (
  world: World,
  { zone }: PreflightView,
  nodes: readonly JudgedNode[],
): readonly Finding[] => {
  if (!zone.parsed.ok) {
    const problems = zone.parsed.problems.map(({ path, message }) => `${path} ${message}`);
    return [breaks(`ResidencyZone ${zone.name}`, "Invalid", problems)];
  }
  const verified = nodes.filter(({ verdict }) => verdict === "Verified");
  const compiled = compileIn(world, zone.parsed.value);
  return [
    ...(compiled.kind === "compiled"
      ? [
          note(`network of zone ${zone.name}: with Enforce everything else is closed`, [
            ...reaches(zone.parsed.value),
            ...compiled.missing.map(({ message }) => message),
          ]),
        ]
      : [
          breaks(
            `network of zone ${zone.name}: no namespace would be sealed, so every new pod would be refused`,
            compiled.reason,
            compiled.problems.map(({ path, message }) => `${path} ${message}`),
          ),
        ]),
    ...(zone.exclusive
      ? [
          note(
            `nodes of zone ${zone.name}: with Enforce ${verified.length} of them are kept to the zone`,
            [
              `They get the taint ${exclusiveKey(zone.name)}:${exclusiveEffect}. What runs there goes on, also pods of others; new ones come only if they tolerate it.`,
            ],
            "look that what the cluster needs on every node (its network, logs, storage) tolerates every taint, and that all else has nodes outside the zone.",
          ),
        ]
      : []),
    ...(verified.length > 0
      ? []
      : [
          breaks(
            `every pod of zone ${zone.name}`,
            "NoVerifiedNode",
            [against(nodes)],
            `domicile nodes ${zone.name} says why, node by node.`,
          ),
        ]),
  ];
};

/** What of the zone's namespaces changes or is in the way. */
export const namespaceFindings = (world: World, view: PreflightView): readonly Finding[] =>
  membersOf(world, view.zone.name).flatMap((name): readonly Finding[] => {
    if (neverJoins(world, name)) return [breaks(`namespace ${name}`, "SystemNamespace", [])];
    const level = world.namespaces.get(name)?.podSecurity;
    const wanted = atLeastBaseline(level);
    const policies = view.networkPolicies.filter(
      ({ namespace, name: policy }) => namespace === name && !isOurPolicy(policy),
    );
    return [
      ...(level === wanted ? [] : [podSecurityFinding(name, level, wanted, view.podSecurity.get(name))]),
      ...(policies.length === 0
        ? []
        : [
            note(
              `namespace ${name}: policies of others stay, and what they allow is added to what the zone allows`,
              [`NetworkPolicies ${some(policies.map((policy) => policy.name))}.`],
              "Look at each, and delete those that allow more than the zone should.",
            ),
          ]),
    ];
  });

/** Domicile keeps the level; what it means for a pod only Pod Security knows, and says when it is asked. */
const podSecurityFinding = (
  namespace: string,
  level: string | undefined,
  wanted: string,
  said: readonly string[] | undefined,
): Finding => {
  const what = `namespace ${namespace}: Pod Security becomes ${wanted}`;
  const changes = `${podSecurityLabel} is ${level ?? "not set"}; ${wanted} refuses host networks, host paths, privileged containers and the like.`;
  const command = `kubectl label --dry-run=server --overwrite namespace ${namespace} ${podSecurityLabel}=${wanted}`;
  if (said === undefined) return note(what, [changes], `ask which pods it would refuse: ${command}`);
  if (said.length === 0) return note(what, [changes, "Asked now, it says nothing against the pods that run."]);
  const next = "take that out of these pods, or run them outside the zone: they go on running, and are not made again.";
  return { kind: "breaks", what, details: [changes, ...said], next };
};

const against = (nodes: readonly JudgedNode[]): string => {
  if (nodes.length === 0) return "The cluster has no nodes.";
  const counted = [...Map.groupBy(nodes, ({ reason }) => reason)].map(([reason, all]) => `${all.length} ${reason}`);
  return `Nodes not verified: ${counted.join(", ")}.`;
};

const reaches = ({ egress, ingress }: Zone): readonly string[] => [
  `out: ${[
    ...(egress.withinZone === "Allow" ? ["pods of the zone"] : []),
    `DNS in namespace ${egress.dns.namespace}`,
    ...(egress.apiServer === "Allow" ? ["the API server"] : []),
    ...egress.clusters.map((name) => `RemoteCluster ${name}`),
    ...egress.networks.map(({ name }) => `network ${name}`),
  ].join(", ")}.`,
  ingress.isolation === "Open"
    ? "in: anybody."
    : `in: ${[...(egress.withinZone === "Allow" ? ["pods of the zone"] : []), ...(ingress.from.length === 0 ? [] : [`${ingress.from.length} of spec.ingress.from`])].join(", ") || "nobody"}.`,
];
