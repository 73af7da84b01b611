import { isDeepStrictEqual } from "node:util";
import { clusterDnsAddress } from "../cluster/addresses.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { ref, type KubeObject, type Ref } from "../cluster/objects.ts";
import { must } from "../cluster/client.ts";

const kind = { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" } as const;

export const policy = (name: string, namespace: string): Ref => ref(kind.apiVersion, kind.kind, name, namespace);

/** The path of a namespace's NetworkPolicies. */
export const policiesPath = (namespace: string): string =>
  `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`;

/** Specs by name. */
export type Specs = Readonly<Record<string, unknown>>;

const specsOf = (policies: readonly KubeObject[]): Specs =>
  Object.fromEntries(policies.map(({ metadata, spec }) => [metadata.name, spec]));

/** The policies of a namespace as stored, with everything that changes when anybody writes one. */
export const storedPolicies = async (cluster: Cluster, namespace: string): Promise<readonly KubeObject[]> =>
  (await must(cluster.admin.list(kind, { namespace }))).items;

export const readSpecs = async (cluster: Cluster, namespace: string): Promise<Specs> =>
  specsOf(await storedPolicies(cluster, namespace));

/** Resolves when the specs of a namespace's policies are as the condition wants them, and gives them. */
export const untilSpecs = async (
  cluster: Cluster,
  namespace: string,
  holds: (specs: Specs) => boolean,
  describe: string,
): Promise<Specs> =>
  specsOf(
    await cluster.admin.untilList<KubeObject>(kind, (policies) => holds(specsOf(policies)), { namespace, describe }),
  );

/** Resolves when the policies of a namespace are exactly these. */
export const untilSpecsAre = (cluster: Cluster, namespace: string, specs: Specs): Promise<Specs> =>
  untilSpecs(
    cluster,
    namespace,
    (now) => isDeepStrictEqual(now, specs),
    `the policies of ${namespace} are ${JSON.stringify(specs)}`,
  );

/** The isolating policy as it is stored: empty lists are left out. */
export const isolating = { podSelector: {}, policyTypes: ["Ingress", "Egress"] } as const;

const withinZone = (zone: string) => ({ namespaceSelector: { matchLabels: { "domicile.dev/sealed": zone } } });

/** The allowing policy of a zone that says nothing about egress and ingress, and these egress rules after it. */
export const allowing = (zone: string, ...egress: readonly unknown[]) => ({
  podSelector: {},
  policyTypes: ["Ingress", "Egress"],
  ingress: [{ from: [withinZone(zone)] }],
  egress: [
    {
      to: [
        {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
          podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
        },
        { ipBlock: { cidr: `${clusterDnsAddress}/32` } },
        { ipBlock: { cidr: "169.254.20.10/32" } },
      ],
      ports: [
        { protocol: "TCP", port: 53 },
        { protocol: "UDP", port: 53 },
      ],
    },
    { to: [withinZone(zone)] },
    ...egress,
  ],
});

/** The egress rule that opens these blocks. */
export const opens = (cidrs: readonly string[], ports?: readonly unknown[]) => ({
  to: cidrs.map((cidr) => ({ ipBlock: { cidr } })),
  ...(ports === undefined ? {} : { ports }),
});
