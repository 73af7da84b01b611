import * as fc from "fast-check";
import type { Cluster } from "../../cluster/cluster.ts";
import { addNode } from "../../cluster/nodes.ts";
import type { KubeObject } from "../../cluster/objects.ts";
import { instanceOcid, type NodeShape } from "../../cluster/oracle.ts";

/** Regions of the zone; no other test has nodes there. */
export const home = ["ap-seoul-1", "us-sanjose-1"] as const;
/** Regions that are not the zone's. */
export const abroad = ["eu-frankfurt-1", "uk-london-1", "us-phoenix-1"] as const;

/** The taint that some nodes of either kind bear, and that some pods tolerate. */
export const taint = { key: "example/dedicated", value: "yes", effect: "NoSchedule" } as const;
/** A label that some nodes of either kind bear with one value or the other. */
export const disk = { key: "example/disk", values: ["ssd", "hdd"] } as const;

/** A node, and what the test knows of it because the test made it. */
export type KnownNode = { readonly name: string; readonly verified: boolean; readonly object: KubeObject };

type Chance = {
  readonly home: (typeof home)[number];
  readonly abroad: (typeof abroad)[number];
  readonly domain: 1 | 2 | 3;
  readonly tainted: boolean;
  readonly disk: string;
};

const chances: fc.Arbitrary<Chance> = fc.record({
  home: fc.constantFrom(...home),
  abroad: fc.constantFrom(...abroad),
  domain: fc.constantFrom(1, 2, 3),
  tainted: fc.boolean(),
  disk: fc.constantFrom(...disk.values),
});

/** Every way in which a node is not verified, by what it says of itself; `eldest` is the name of an honest node. */
const lies: readonly ((name: string, chance: Chance, eldest: string) => Omit<NodeShape, "name">)[] = [
  // A node abroad that says so.
  (_name, chance) => ({ region: chance.abroad }),
  // Labels of home on a machine abroad, and the other way round.
  (name, chance) => ({ region: chance.home, providerID: instanceOcid(chance.abroad, name) }),
  (name, chance) => ({ region: chance.abroad, providerID: instanceOcid(chance.home, name) }),
  // The label from which the cloud controller would rewrite the other.
  (_name, chance) => ({
    region: chance.home,
    labels: { "failure-domain.beta.kubernetes.io/region": chance.abroad },
  }),
  (_name, chance) => ({ region: chance.home, providerID: null }),
  (_name, chance) => ({ region: chance.home, providerID: "aws:///us-west-1a/i-0123456789abcdef0" }),
  // A realm in which this region does not lie.
  (name, chance) => ({
    region: chance.home,
    providerID: instanceOcid(chance.home, name).replace(".oc1.", ".oc42."),
  }),
  // The machine of an older node.
  (_name, _chance, eldest) => ({ region: home[0], providerID: instanceOcid(home[0], eldest) }),
  (_name, chance) => ({ region: chance.home, labels: { "liqo.io/type": "virtual-node" } }),
];

/** Makes nodes in states that the seed decides: some verified, and one for each lie. */
export const randomNodes = async (cluster: Cluster, prefix: string, seed: number): Promise<readonly KnownNode[]> => {
  const honest = 4;
  const drawn = fc.sample(chances, { seed, numRuns: honest + lies.length });
  const make = async (at: number, verified: boolean, shape: Omit<NodeShape, "name">): Promise<KnownNode> => {
    const chance = drawn[at];
    const name = nameOf(at);
    const object = await addNode(cluster, {
      name,
      ...shape,
      ...(chance?.domain ? { availabilityDomain: chance.domain } : {}),
      ...(chance?.tainted ? { taints: [taint] } : {}),
      labels: { [disk.key]: chance?.disk ?? null, ...shape.labels },
    });
    return { name, verified, object };
  };
  const nameOf = (at: number): string => `${prefix}-${at}`;
  const eldest = await make(0, true, { region: home[0] });
  const others = drawn.slice(1).map((chance, index) => {
    const at = index + 1;
    const lie = lies[at - honest];
    if (lie === undefined) return make(at, true, { region: chance.home });
    return make(at, false, lie(nameOf(at), chance, nameOf(0)));
  });
  return [eldest, ...(await Promise.all(others))];
};
