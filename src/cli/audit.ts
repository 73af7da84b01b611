import { exposedIn, exposingIn, type Exposed } from "../egress/exposed.ts";
import { foreignPolicies, nameOf, uncontainedIn, type Uncontained } from "../egress/uncontained.ts";
import { listed, type Lists } from "../zone/listed.ts";
import type { ZoneRecord } from "../zone/record.ts";
import type { Cluster } from "./cluster.ts";
import { textOf } from "./judgement.ts";
import { exposingReads, readExposing } from "./exposing-view.ts";
import { networkReads, readNetwork } from "./network-view.ts";
import { clusterOptions } from "./options.ts";
import type { Found, Verb } from "./verb.ts";
import { withCluster } from "./with-cluster.ts";
import { noSuchZone, readZoneName } from "./zone-argument.ts";

/** Lists what in zones is not contained in them. */
export const audit: Verb = {
  says: "List the policies of others that open more than a zone allows, each with a connection that shows it, and what leads into it or out of it unlisted",
  forms: ["[ZONE]"],
  more: [
    "Judged as admission judges a policy that is written, so this finds what was there before, what came while Domicile was away, and what a zone that shrank leaves behind. The connection is one of those that the policy opens and the zone does not. A zone that cannot be compiled is judged by the policies of Domicile's that stand.",
    "Besides NetworkPolicies these are Cilium's and Calico's policies, Calico's sets of addresses, and those of policy.networking.k8s.io, where the cluster has them; of kinds without namespaces those that may concern a namespace of the zone. Services that lead somewhere, endpoints that no selector gave, Ingresses, routes, grants and exports are listed where spec.exposure of their zone does not.",
  ],
  options: clusterOptions,
  reads: [...networkReads, exposingReads],
  run: async (given, surroundings) => {
    const name = given.words.length === 0 ? undefined : readZoneName("audit", given.words);
    return withCluster(given, surroundings, async (cluster) => showAudit(await readAudit(cluster, name)));
  },
};

/** Which zones are audited, and what was read for it. */
export type AuditView = { readonly zones: readonly ZoneRecord[]; readonly lists: Lists };

const readAudit = async (cluster: Cluster, name: string | undefined): Promise<AuditView> => {
  const lists = await readNetwork(cluster, ({ zone }) => (name === undefined ? zone !== undefined : zone === name));
  const zones = (lists.zones ?? []).filter((zone) => name === undefined || zone.name === name);
  if (name !== undefined && zones.length === 0) throw noSuchZone(name);
  const audited = new Set(zones.map((zone) => zone.name));
  const within = (lists.namespaces ?? []).filter(({ zone }) => zone !== undefined && audited.has(zone));
  const exposing = await readExposing(
    cluster,
    within.map((namespace) => namespace.name),
  );
  return { zones, lists: { ...lists, ...exposing } };
};

/** What is not contained, from what was read; pure. */
export const showAudit = ({ zones, lists }: AuditView): Found => {
  const world = listed(lists);
  const audited = zones
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((zone) => {
      const policies = foreignPolicies(world, zone.name);
      const leading = exposingIn(world, zone.name).length;
      return {
        zone,
        looked: policies.length,
        found: uncontainedIn(world, zone.name),
        leading,
        exposed: exposedIn(world, zone.name),
      };
    });
  const found = audited.flatMap((each) => [...each.found, ...each.exposed]);
  const reasons = new Set(found.map(({ containment }) => containment.reason));
  return {
    value: {
      zones: audited.map(({ zone: { name, enforcement }, looked, found: wider, leading, exposed }) => ({
        zone: name,
        enforcement,
        policies: looked,
        notContained: wider.map(machineReadable),
        leading,
        notListed: exposed.map(({ containment, ...object }) => ({ ...object, ...containment })),
      })),
    },
    lines: [
      ...audited.flatMap(({ zone, looked, found: wider, leading, exposed }) => [
        ...wider.flatMap(linesOf),
        ...exposed.flatMap(exposedLines),
        `Zone ${zone.name} (${zone.enforcement}): policies of others: ${looked}, not contained: ${wider.length}. Objects that lead in or out: ${leading}, not listed: ${exposed.length}.`,
      ]),
      ...(audited.length === 0 ? ["There are no zones."] : []),
      ...[...reasons].toSorted().map((reason) => {
        const { rule, next } = textOf(reason);
        return `${reason}: ${rule} ${next}`;
      }),
    ],
    refused: found.length > 0,
  };
};

const linesOf = (policy: Uncontained): readonly string[] => {
  const { path, message, reason } = policy.containment;
  return [nameOf(policy), `  ${path} ${message} (${reason})`];
};

const machineReadable = ({ apiVersion, kind, namespace, name, uid, containment }: Uncontained): object => {
  const { reason, path, message } = containment;
  const witness = containment.kind === "wider" ? { witness: containment.witness } : {};
  return { apiVersion, kind, ...(namespace === "" ? {} : { namespace }), name, uid, reason, path, message, ...witness };
};

const exposedLines = ({ kind, namespace, name, containment }: Exposed): readonly string[] => [
  `${kind} ${namespace}/${name}`,
  `  ${containment.path} ${containment.message} (${containment.reason})`,
];
