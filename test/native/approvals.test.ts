import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as fc from "fast-check";
import { parse } from "yaml";
import { approvalsPolicy } from "../../src/native/approvals.ts";
import { must, type Client } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { condition, ref, type KubeObject, type Manifest } from "../cluster/objects.ts";
import type { Answer } from "../cluster/transport.ts";
import { generatedFiles } from "../generate/files.ts";
import { untilStatus } from "./guards.ts";
import { policyObjects } from "./policy-objects.ts";

type Network = {
  readonly name: string;
  readonly cidrs: readonly string[];
  readonly ports: readonly { readonly protocol?: string; readonly port: number; readonly endPort?: number }[];
};

const network = (cidrs: readonly string[], ports: Network["ports"] = [{ port: 443 }], name = "gateway"): Network => ({
  name,
  cidrs,
  ports,
});
const old = [
  network(["198.51.100.0/25", "198.51.100.128/25", "2001:db8::/48"], [{ port: 443, endPort: 445 }]),
  network(["203.0.113.0/24"], [{ protocol: "UDP", port: 53 }], "names"),
];

const crowd = Array.from({ length: 17 }, (_, index) => `zone-${String(index).padStart(2, "0")}`);
const policy = approvalsPolicy({
  approvals: [
    { zone: "eu", clusters: ["approved-twice"] },
    { zone: "us", clusters: ["approved", "approved-new", "approved-twice"] },
    ...crowd.map((zone) => ({ zone, clusters: ["approved-often"] })),
  ],
});
const objects = policyObjects([policy]);

const rbac = "rbac.authorization.k8s.io";
/** Who may approve for which zones, besides writing RemoteClusters; `all` may for every zone. */
const people = {
  outsider: undefined,
  approver: ["us"],
  both: ["us", "eu"],
  many: crowd,
  all: [],
} as const;
type Person = keyof typeof people;
const roles: readonly Manifest[] = Object.entries(people).flatMap(([name, zones]) => [
  {
    ...ref(`${rbac}/v1`, "ClusterRole", `approvals-${name}`),
    rules: [
      { apiGroups: ["domicile.dev"], resources: ["remoteclusters"], verbs: ["get", "create", "update", "delete"] },
      ...(zones === undefined
        ? []
        : [{ apiGroups: ["domicile.dev"], resources: ["residencyzones"], verbs: ["approve"], resourceNames: zones }]),
    ],
  },
  {
    ...ref(`${rbac}/v1`, "ClusterRoleBinding", `approvals-${name}`),
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: `approvals-${name}` },
    subjects: [{ apiGroup: rbac, kind: "User", name }],
  },
]);

const crd: Manifest = parse(
  [...generatedFiles()].find(([path]) => path === "crds/domicile.dev_remoteclusters.yaml")?.[1] ?? "",
);
const crdRef = ref("apiextensions.k8s.io/v1", "CustomResourceDefinition", "remoteclusters.domicile.dev");

let cluster: Cluster;
let clients: Readonly<Record<Person, Client>>;
let brought = false;

const stored = ["approved", "approved-twice", "approved-often", "unapproved"] as const;
const written = (name: string, networks: readonly Network[]): Manifest => ({
  ...ref("domicile.dev/v1alpha1", "RemoteCluster", name),
  spec: { region: "us-phoenix-1", networks },
});

before(async () => {
  cluster = await connect();
  const { admin } = cluster;
  brought = !(await admin.get(crdRef)).ok;
  await must(admin.apply(crd, { fieldManager: "domicile-test", force: true }));
  await admin.until(crdRef, (now) => condition(now, "Established") === "True", {
    describe: "RemoteClusters are there",
  });
  for (const name of stored) await must(admin.create(written(name, old)));
  for (const object of [...roles, ...objects]) await must(admin.create(object));
  const as = (user: Person): Promise<Client> => cluster.as({ user, groups: [] });
  clients = {
    outsider: await as("outsider"),
    approver: await as("approver"),
    both: await as("both"),
    many: await as("many"),
    all: await as("all"),
  };
  await untilStatus(403, () => clients.outsider.create(written("approved-new", old), { dryRun: true }));
});

after(async () => {
  const { admin } = cluster;
  for (const object of [...objects.toReversed(), ...roles.toReversed()]) await admin.delete(object);
  for (const name of stored) await admin.delete(written(name, old));
  if (brought) {
    await must(admin.delete(crdRef));
    await admin.untilGone(crdRef, { describe: "the definition is gone" });
  }
  await cluster.close();
});

const change = async (client: Client, name: string, networks: readonly Network[]): Promise<Answer<unknown>> => {
  const now = await cluster.admin.get<KubeObject>(written(name, old));
  if (!now.ok) return client.create(written(name, networks), { dryRun: true });
  return client.update({ ...now.body, spec: { region: "us-phoenix-1", networks } }, { dryRun: true });
};

const [gateway, names] = old as [Network, Network];
const shrinking: Readonly<Record<string, readonly Network[]>> = {
  "nothing changes": old,
  "a block is taken away": [{ ...gateway, cidrs: ["198.51.100.0/25"] }, names],
  "a block becomes a part of itself": [{ ...gateway, cidrs: ["198.51.100.64/26", "2001:db8:0:7::/64"] }, names],
  "a block is cut into its halves": [{ ...gateway, cidrs: ["198.51.100.0/26", "198.51.100.64/26"] }, names],
  "a range of ports becomes shorter": [{ ...gateway, ports: [{ port: 444 }] }, names],
  "a range of ports is written one by one": [
    { ...gateway, ports: [{ port: 443 }, { port: 444 }, { port: 445 }] },
    names,
  ],
  "a network goes": [names],
  "networks are called and ordered otherwise": [
    { ...names, name: "dns" },
    { ...gateway, name: "door" },
  ],
};
const growing: Readonly<Record<string, readonly Network[]>> = {
  "a block more": [{ ...gateway, cidrs: [...gateway.cidrs, "192.0.2.0/24"] }, names],
  "a block becomes wider": [gateway, { ...names, cidrs: ["203.0.112.0/23"] }],
  "an IPv6 block becomes wider": [{ ...gateway, cidrs: ["2001:db8::/47"] }, names],
  "a port more": [{ ...gateway, ports: [...gateway.ports, { port: 80 }] }, names],
  "a longer range of ports": [{ ...gateway, ports: [{ port: 443, endPort: 446 }] }, names],
  "an earlier range of ports": [{ ...gateway, ports: [{ port: 442, endPort: 445 }] }, names],
  "another protocol": [gateway, { ...names, ports: [{ protocol: "TCP", port: 53 }] }],
  "the blocks of one network on the ports of another": [{ ...gateway, ports: names.ports }, names],
  "a network more": [...old, network(["192.0.2.0/24"], [{ port: 443 }], "more")],
  "a block for a block of the same size": [gateway, { ...names, cidrs: ["192.0.2.0/24"] }],
};

for (const [what, networks] of Object.entries(shrinking))
  test(`E11 shrinking is free: ${what}`, async () => {
    for (const name of stored) await must(change(clients.outsider, name, networks));
  });

for (const [what, networks] of Object.entries(growing))
  test(`E11 growing needs approve on the zone that approved the cluster: ${what}`, async () => {
    const { status, message } = await change(clients.outsider, "approved", networks);
    assert.equal(status, 403, message);
    assert.match(
      message,
      /zone us: RemoteCluster approved grows in network \w+ by outsider, who may not approve\. .*needs the verb approve on it\. .*\(ApproveNotGranted\)$/,
    );
    await must(change(clients.approver, "approved", networks));
    await must(change(clients.outsider, "unapproved", networks));
  });

test("E11 each zone that approved the cluster is asked for, and the one that is wanting is named", async () => {
  const more = [...old, network(["192.0.2.0/24"], [{ port: 443 }], "more")];
  const { status, message } = await change(clients.approver, "approved-twice", more);
  assert.equal(status, 403, message);
  assert.match(message, /zone eu: RemoteCluster approved-twice grows in network more by approver/);
  await must(change(clients.both, "approved-twice", more));
  await must(change(clients.all, "approved-twice", more));
});

test("E11 a cluster made under a name that a zone approved grows from nothing", async () => {
  const refused = await clients.outsider.create(written("approved-new", old), { dryRun: true });
  assert.equal(refused.status, 403, refused.message);
  assert.match(refused.message, /grows in network gateway, names by outsider/);
  await must(clients.approver.create(written("approved-new", old), { dryRun: true }));
  await must(clients.outsider.create(written("any-other", old), { dryRun: true }));
  await must(clients.outsider.delete(written("approved", old), { dryRun: true }));
});

test("E11 a cluster that more zones approved than can be asked about grows by whoever may approve for all", async () => {
  const more = [...old, network(["192.0.2.0/24"], [{ port: 443 }], "more")];
  const { status, message } = await change(clients.many, "approved-often", more);
  assert.equal(status, 403, message);
  assert.match(message, /zone zone-16: .*\(ApproveNotGranted\)/);
  await must(change(clients.all, "approved-often", more));
  await must(change(clients.many, "approved-often", [names]));
});

test("E11 whoever may approve is not held up by how large a cluster is, and nobody else grows one for its size", async () => {
  const many = (from: number): readonly Network[] =>
    Array.from({ length: 24 }, (_, at) =>
      network(
        Array.from({ length: 256 }, (_cidr, index) => `10.${from + at}.${index}.0/24`),
        [{ port: 443 }],
        `n-${at}`,
      ),
    );
  await must(change(clients.all, "approved", many(0)));
  const { status } = await change(clients.outsider, "approved", many(100));
  assert.equal(status, 403);
});

/** Edges of everything that the random networks are made of: what is open at all of them is open. */
const addresses = [0, 63, 64, 127, 128, 191, 192, 255];
const cut = fc.constantFrom([0, 255], [0, 127], [128, 255], [0, 63], [64, 127], [128, 191], [192, 255]);
const cidrOf = ([first = 0, last = 0]: readonly number[]): string =>
  `198.51.100.${first}/${32 - Math.log2(last - first + 1)}`;
const opens = (networks: readonly Network[], address: number, port: number): boolean =>
  networks.some(
    ({ cidrs, ports }) =>
      ports.some(({ port: from, endPort: to = from }) => from <= port && port <= to) &&
      cidrs.some((cidr) => {
        const [base = "", prefix = "32"] = cidr.split("/");
        const first = Number(base.split(".")[3]);
        return first <= address && address < first + 2 ** (32 - Number(prefix));
      }),
  );
const random: fc.Arbitrary<readonly Network[]> = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom("a", "b", "c"),
    cidrs: fc.uniqueArray(cut.map(cidrOf), { minLength: 1, maxLength: 3 }),
    ports: fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 2 }))
      .map(([port, more]) => [{ port, endPort: port + more }]),
  }),
  { selector: ({ name }) => name, minLength: 1, maxLength: 3 },
);

test("E11 of random changes no one passes that opens an address and port, and none is refused that only narrows a block", async () => {
  await fc.assert(
    fc.asyncProperty(random, random, async (from, to) => {
      const { admin } = cluster;
      const now = await must(admin.get<KubeObject>(written("approved", old)));
      await must(admin.update({ ...now, spec: { region: "us-phoenix-1", networks: from } }));
      const { ok } = await change(clients.outsider, "approved", to);
      const grown = addresses.some((address) =>
        [1, 2, 3, 4, 5, 6].some((port) => opens(to, address, port) && !opens(from, address, port)),
      );
      if (grown) assert.equal(ok, false, JSON.stringify({ from, to }));
      const narrowed = to.every((one) => from.some((other) => other.name === one.name && within(one, other)));
      if (narrowed) assert.equal(ok, true, JSON.stringify({ from, to }));
    }),
    { numRuns: 100 },
  );
});

const within = (inner: Network, outer: Network): boolean =>
  inner.cidrs.every((cidr) => outer.cidrs.includes(cidr)) &&
  inner.ports.every(({ port, endPort = port }) =>
    outer.ports.some(({ port: from, endPort: to = from }) => from <= port && endPort <= to),
  );
