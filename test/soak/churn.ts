import { must, type Client } from "../cluster/client.ts";
import { ref, type KubeObject, type Ref } from "../cluster/objects.ts";
import { oracleNode } from "../cluster/oracle.ts";
import type { Answer } from "../cluster/transport.ts";
import { clusterRef, namespaceOf, podOf, zoneRef } from "../e2e/resources.ts";
import type { Random } from "./random.ts";

/** Everything that comes, changes and goes: each step is one request, chosen by chance. */
export type Churn = {
  /** Resolves with what the API server answered, and what was asked; undefined when there was nothing to do it to. */
  readonly step: () => Promise<{ readonly what: string; readonly answer: Answer<unknown> } | undefined>;
  /** Takes away what is left. */
  readonly clear: () => Promise<void>;
};

const regions = ["us-phoenix-1", "us-chicago-1", "eu-frankfurt-1", "uk-london-1"] as const;
const modes = ["Enforce", "Enforce", "Enforce", "Warn", "Audit"] as const;
/** How many of each there are at most, so that whatever grows without end is ours. */
const most = { zones: 5, clusters: 4, namespaces: 12, nodes: 12, pods: 60 } as const;
type Kind = keyof typeof most;

/** Names are never used twice: what is kept of those that went would show. */
export const makeChurn = (admin: Client, random: Random): Churn => {
  const live: Record<Kind, Ref[]> = { zones: [], clusters: [], namespaces: [], nodes: [], pods: [] };
  let named = 0;
  const name = (kind: Kind): string => `soak-${kind}-${(named += 1)}`;
  const some = (kind: Kind): Ref | undefined => random.of(live[kind]);
  const zoneName = (): string | undefined => some("zones")?.metadata.name;

  const make = async (kind: Kind, object: KubeObject | Ref): Promise<Answer<unknown> | undefined> => {
    if (live[kind].length >= most[kind]) return undefined;
    const answer = await admin.create(object);
    const { apiVersion, metadata } = object;
    if (answer.ok) live[kind].push(ref(apiVersion, object.kind, metadata.name ?? "", metadata.namespace));
    return answer;
  };
  const drop = async (kind: Kind): Promise<Answer<unknown> | undefined> => {
    const target = some(kind);
    if (target === undefined) return undefined;
    live[kind].splice(live[kind].indexOf(target), 1);
    if (kind === "namespaces")
      live.pods = live.pods.filter(({ metadata }) => metadata.namespace !== target.metadata.name);
    return admin.delete(target, kind === "pods" ? { gracePeriodSeconds: 0 } : {});
  };
  const change = async (kind: Kind, patch: () => unknown): Promise<Answer<unknown> | undefined> => {
    const target = some(kind);
    return target === undefined ? undefined : admin.patch(target, patch());
  };

  const block = (): string => `198.51.${100 + random.below(100)}.0/24`;
  const zoneSpec = () => ({
    enforcement: random.of(modes),
    nodes: { provider: "OCI", regions: [regions[random.below(2)], regions[2 + random.below(2)]] },
    egress: {
      networks: [{ name: "partner", cidrs: [block()], ports: [{ protocol: "TCP", port: 443 }] }],
      clusters: live.clusters.slice(0, random.below(3)).map(({ metadata }) => ({ name: metadata.name })),
    },
  });
  const clusterSpec = () => ({
    region: "us-phoenix-1",
    networks: [{ name: "gateway", cidrs: [block()], ports: [{ protocol: "TCP", port: 443 }] }],
  });
  const region = () => regions[random.below(regions.length)] ?? "us-phoenix-1";

  type Act = () => Promise<Answer<unknown> | undefined>;
  const acts: readonly (readonly [weight: number, what: string, act: Act])[] = [
    [3, "make zone", () => make("zones", { ...zoneRef(name("zones")), spec: zoneSpec() } as KubeObject)],
    [4, "edit zone", () => change("zones", () => ({ spec: zoneSpec() }))],
    [1, "delete zone", () => drop("zones")],
    [2, "make cluster", () => make("clusters", { ...clusterRef(name("clusters")), spec: clusterSpec() } as KubeObject)],
    [3, "edit cluster", () => change("clusters", () => ({ spec: clusterSpec() }))],
    [1, "delete cluster", () => drop("clusters")],
    [
      4,
      "make namespace",
      () => {
        const zone = random.below(3) === 0 ? undefined : zoneName();
        const labels = zone === undefined ? {} : { "domicile.dev/zone": zone };
        return make("namespaces", namespaceOf(name("namespaces"), labels) as KubeObject);
      },
    ],
    [
      4,
      "join or move namespace",
      () => change("namespaces", () => ({ metadata: { labels: { "domicile.dev/zone": zoneName() ?? null } } })),
    ],
    [2, "leave zone", () => change("namespaces", () => ({ metadata: { labels: { "domicile.dev/zone": null } } }))],
    [2, "delete namespace", () => drop("namespaces")],
    [
      4,
      "make node",
      () => make("nodes", oracleNode({ name: name("nodes"), region: region(), labels: { type: "kwok" } })),
    ],
    [
      3,
      "relabel node",
      // Its region cannot be made to contradict its providerID, but its zone can.
      () =>
        change("nodes", () => ({
          metadata: { labels: { "topology.kubernetes.io/zone": `${region().toUpperCase()}-AD-1` } },
        })),
    ],
    [2, "delete node", () => drop("nodes")],
    [
      30,
      "make pod",
      async () => {
        const namespace = some("namespaces")?.metadata.name;
        return namespace === undefined ? undefined : make("pods", podOf(name("pods"), namespace) as KubeObject);
      },
    ],
    [5, "annotate pod", () => change("pods", () => ({ metadata: { annotations: { churned: String(named) } } }))],
    [24, "delete pod", () => drop("pods")],
  ];
  const deck = acts.flatMap(([weight, ...act]) => Array.from({ length: weight }, () => act));

  return {
    async step() {
      const [what, act] = random.of(deck) ?? [];
      const answer = await act?.();
      return answer === undefined || what === undefined ? undefined : { what, answer };
    },
    async clear() {
      for (const { metadata } of live.namespaces) {
        // Some were deleted while their node went: nobody is left to end them, and Kubernetes takes a minute to see that.
        const { items } = await must(admin.list({ apiVersion: "v1", kind: "Pod" }, { namespace: metadata.name ?? "" }));
        for (const { metadata: pod } of items)
          await admin.delete(ref("v1", "Pod", pod.name ?? "", metadata.name), { gracePeriodSeconds: 0 });
      }
      for (const target of live.namespaces) await admin.delete(target, {});
      for (const target of live.namespaces)
        await admin.untilGone(target, { describe: `${target.metadata.name} is gone`, deadlineMs: 240_000 });
      for (const target of [...live.zones, ...live.clusters, ...live.nodes]) await admin.delete(target, {});
      await admin.untilList(
        { apiVersion: zoneRef("").apiVersion, kind: "ResidencyZone" },
        (zones) => !zones.some(({ metadata }) => metadata.name?.startsWith("soak-")),
        { describe: "the zones of the soak are gone" },
      );
    },
  };
};
