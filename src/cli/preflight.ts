import { listed } from "../zone/listed.ts";
import { membersOf } from "../zone/members.ts";
import { attestedReads } from "./attested.ts";
import { findingLines } from "./finding.ts";
import { aroundReads } from "./around.ts";
import { readZoneName } from "./zone-argument.ts";
import { clusterOptions } from "./options.ts";
import { podFindings, templateFindings } from "./preflight-pods.ts";
import { readPreflight, type PreflightView } from "./preflight-view.ts";
import { namespaceFindings, zoneFindings } from "./preflight-zone.ts";
import { judgeNode } from "./seen-node.ts";
import type { Found, Verb } from "./verb.ts";
import { withCluster } from "./with-cluster.ts";

/** Says before a zone enforces what would break, and how to mend each. */
export const preflight: Verb = {
  says: "Say what would break if a zone enforced, and how to mend each",
  forms: ["ZONE"],
  more: [
    "Judged as if the zone were in Enforce and its namespaces sealed: the zone itself and its network, its nodes, namespaces, templates of workloads, and pods that run or wait. What breaks is marked BREAKS, and makes the exit code 1; notes are worth knowing. Whether anything needs a network that the zone closes is not seen here: compare the note on its network with what your workloads call.",
  ],
  options: clusterOptions,
  reads: [
    "list residencyzones.domicile.dev, remoteclusters.domicile.dev, namespaces, nodes and servicecidrs.networking.k8s.io",
    "in the zone's namespaces list pods, networkpolicies.networking.k8s.io, deployments, statefulsets, daemonsets and replicasets.apps, jobs and cronjobs.batch",
    aroundReads,
    attestedReads,
    "patch on namespaces, tried as a dry run that writes nothing, to hear what Pod Security says; without it only how to ask is said",
    "where the zone allows the API server: in default list services and endpointslices.discovery.k8s.io",
  ],
  run: async (given, surroundings) => {
    const name = readZoneName("preflight", given.words);
    return withCluster(given, surroundings, async (cluster) => showPreflight(await readPreflight(cluster, name)));
  },
};

/** What would break, from what was read; pure. */
export const showPreflight = (view: PreflightView): Found => {
  const { zone, lists, nodes: seen, pods, workloads } = view;
  const enforcing = { ...zone, enforcement: "Enforce" as const };
  const world = listed({
    ...lists,
    zones: (lists.zones ?? []).map((record) => (record.name === zone.name ? enforcing : record)),
    namespaces: (lists.namespaces ?? []).map((namespace) => ({ ...namespace, sealed: namespace.zone })),
  });
  const nodes = seen.flatMap((node) => judgeNode(world, node, enforcing) ?? []);
  const findings = [
    ...zoneFindings(world, view, nodes),
    ...namespaceFindings(world, view),
    ...templateFindings(world, view),
    // A zone that is not valid judges no node, and so no pod.
    ...(zone.parsed.ok ? podFindings(world, view, nodes) : []),
  ];
  const broken = findings.filter(({ kind }) => kind === "breaks");
  const verified = nodes.filter(({ verdict }) => verdict === "Verified").length;
  const counts = {
    namespaces: membersOf(world, zone.name).length,
    workloads: workloads.length,
    pods: pods.length,
    nodes: nodes.length,
    verified,
  };
  return {
    value: { zone: zone.name, enforcement: zone.enforcement, counts, findings },
    lines: [
      `Zone ${zone.name} is in ${zone.enforcement}. ${zone.enforcement === "Enforce" ? "As it enforces" : "With Enforce"}:`,
      "",
      ...[...broken, ...findings.filter(({ kind }) => kind === "note")].flatMap(findingLines),
      "",
      `Looked at ${plural(counts.namespaces, "namespace")}, ${plural(counts.workloads, "workload")}, ${plural(counts.pods, "pod")} and ${plural(counts.nodes, "node")} (${verified} verified): ${broken.length === 0 ? "nothing would break" : `${plural(broken.length, "thing")} would break`}.`,
    ],
    refused: broken.length > 0,
  };
};

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
