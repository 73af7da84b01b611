import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { membershipPolicy } from "../../src/native/membership.ts";
import { moveNamespace } from "../../src/placement/membership.ts";
import { namedByZone } from "../../src/zone/named-namespaces.ts";
import { must, type Client } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { ref, type KubeObject, type Manifest, type Ref } from "../cluster/objects.ts";
import type { Answer } from "../cluster/transport.ts";
import * as known from "../unit/world.ts";
import { untilStatus } from "./guards.ts";
import { policyObjects } from "./policy-objects.ts";

type Label = string | undefined;

const zoneNames = ["us", "eu", "warned"];
const states: readonly Label[] = [undefined, "us", "eu", "ghost"];
const nameOf = (kind: string, state: Label): string => `${kind}-${state ?? "outside"}`;
const stored = ["member", "member-named", "member-twice", "member-system", "kube-member"].flatMap((kind) =>
  states.map((state) => ({ name: nameOf(kind, state), state })),
);
const ofKind = (kind: string): readonly string[] =>
  [...states.map((state) => nameOf(kind, state)), `${kind}-new`] as const;
const exempt = ["kube-system", ...ofKind("member-system")];

const names: Readonly<Record<string, readonly string[]>> = {
  us: [...ofKind("member-named"), ...ofKind("member-twice")],
  eu: ofKind("member-twice"),
};
const dns = { namespace: "kube-system", podSelector: {}, nodeLocalAddresses: [] };
const world = known.world({
  zones: [
    ...zoneNames.map((name) => {
      const value = known.zone({ name, ...(name === "warned" ? { enforcement: "Warn" } : {}) });
      return known.zoneRecord(value, { namespaces: names[name] ?? [] });
    }),
    // Zones whose DNS the exempt namespaces are.
    ...ofKind("member-system").map((namespace) =>
      known.zoneRecord(
        known.zone({ name: `dns-${namespace}`, egress: { ...known.zone().egress, dns: { ...dns, namespace } } }),
      ),
    ),
  ],
  namespaces: stored.map(({ name, state }) => known.namespace(name, { zone: state, sealed: undefined })),
});
const input = {
  zones: [...world.zones.keys()].toSorted(),
  named: namedByZone(world),
  approvals: [],
  lenient: [],
  schedulers: {},
  exclusive: [],
  open: [],
  exposing: {},
  gone: [],
  exempt,
};

const policy = membershipPolicy(input);
const objects = policyObjects([policy]);

const rbac = "rbac.authorization.k8s.io";
/** Who may what on which zone, besides writing namespaces. */
const people = {
  outsider: [],
  joiner: [{ verbs: ["use"], resourceNames: ["us"] }],
  leaver: [{ verbs: ["declassify"], resourceNames: ["us"] }],
  mover: [
    { verbs: ["declassify"], resourceNames: ["us"] },
    { verbs: ["use"], resourceNames: ["eu"] },
  ],
} as const;
type Person = keyof typeof people;
const roles: readonly Manifest[] = Object.entries(people).flatMap(([name, grants]) => [
  {
    ...ref(`${rbac}/v1`, "ClusterRole", `member-${name}`),
    rules: [
      {
        apiGroups: [""],
        resources: ["namespaces", "namespaces/status", "namespaces/finalize"],
        verbs: ["get", "create", "update", "patch"],
      },
      ...grants.map((grant) => ({ apiGroups: ["domicile.dev"], resources: ["residencyzones"], ...grant })),
    ],
  },
  {
    ...ref(`${rbac}/v1`, "ClusterRoleBinding", `member-${name}`),
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: `member-${name}` },
    subjects: [{ apiGroup: rbac, kind: "User", name }],
  },
]);

let cluster: Cluster;
let clients: Readonly<Record<Person, Client>>;

const namespaceRef = (name: string): Ref => ref("v1", "Namespace", name);
const labelled = (name: string, zone: Label): Manifest => ({
  ...namespaceRef(name),
  metadata: { name, labels: zone === undefined ? {} : { "domicile.dev/zone": zone } },
});

before(async () => {
  cluster = await connect();
  const { admin } = cluster;
  for (const { name, state } of stored) await must(admin.create(labelled(name, state)));
  for (const object of [...roles, ...objects]) await must(admin.create(object));
  const [outsider, joiner, leaver, mover] = await Promise.all(
    (["outsider", "joiner", "leaver", "mover"] as const).map((user) => cluster.as({ user, groups: [] })),
  );
  assert.ok(outsider && joiner && leaver && mover);
  clients = { outsider, joiner, leaver, mover };
  await untilStatus(403, () => admin.create(labelled("member-probe", "ghost"), { dryRun: true }));
});

after(async () => {
  const { admin } = cluster;
  for (const object of [...objects.toReversed(), ...roles.toReversed()]) await admin.delete(object);
  for (const { name } of stored) await admin.delete(namespaceRef(name));
  for (const { name } of stored) await admin.untilGone(namespaceRef(name), { describe: `namespace ${name} is gone` });
  await cluster.close();
});

const doors = ["", "status", "finalize"] as const;

/** The namespace with another zone label, by a PUT through one of the three doors, or as it is made. */
const ask = async (
  client: Client,
  { name, zone, door = "" }: { readonly name: string; readonly zone: Label; readonly door?: (typeof doors)[number] },
): Promise<Answer<unknown>> => {
  const object = await cluster.admin.get<KubeObject>(namespaceRef(name));
  if (!object.ok) return client.create(labelled(name, zone), { dryRun: true });
  const { "domicile.dev/zone": _, ...labels } = object.body.metadata.labels ?? {};
  const next = zone === undefined ? labels : { ...labels, "domicile.dev/zone": zone };
  const changed = { ...object.body, metadata: { ...object.body.metadata, labels: next } };
  return client.update(changed, { dryRun: true, ...(door === "" ? {} : { subresource: door }) });
};

const sentenceOf = (answer: Answer<unknown>): string | undefined => {
  if (answer.ok) return undefined;
  const [, sentence] =
    /'domicile-membership' with binding 'domicile-membership' denied request: (.*)$/s.exec(answer.message) ?? [];
  assert.ok(sentence !== undefined && answer.status === 403, `${answer.status} ${answer.message}`);
  return sentence;
};

/** What `moveNamespace()` says where the API server would ask: it is asked only where the label changes. */
const wanted = (name: string, before: Label, after: Label, made: boolean): string | undefined => {
  if (before === after && !made) return undefined;
  const membership = moveNamespace(world, { namespace: name, before, after });
  return membership.kind === "refused" ? membership.message : undefined;
};

test("P15 native policy says of every move, through every door, what the webhook says", async () => {
  for (const { name, state } of stored)
    for (const zone of [...states, "warned", ""])
      for (const door of doors) {
        const said = sentenceOf(await ask(cluster.admin, { name, zone, door }));
        assert.equal(said, wanted(name, state, zone, false), `${name} ${state} -> ${zone} by ${door}`);
      }
});

test("P15 and of every namespace that is made", async () => {
  for (const kind of ["member", "member-named", "member-twice", "member-system", "kube-member"])
    for (const zone of [...states, "warned", ""]) {
      const name = `${kind}-new`;
      const said = sentenceOf(await ask(cluster.admin, { name, zone }));
      assert.equal(said, wanted(name, undefined, zone, true), `${name} ${zone}`);
    }
});

type Case = {
  readonly from: string;
  readonly to: Label;
  /** The people who may. */
  readonly may: readonly Person[];
  /** What the others read. */
  readonly says: RegExp;
};
const use =
  /zone \w+: namespace \S+ is labelled domicile\.dev\/zone=\w+ by \w+, who may not use the zone\. .*\(UseNotGranted\)$/;
const declassify =
  /zone us: namespace \S+ loses the label domicile\.dev\/zone=us by \w+, who may not declassify\. .*\(DeclassifyNotGranted\)$/;
const cases: Readonly<Record<string, Case>> = {
  "P15 joining needs use": { from: "member-outside", to: "us", may: ["joiner"], says: use },
  "P15 being made in a zone needs use": { from: "member-new", to: "us", may: ["joiner"], says: use },
  "P15 joining a zone that only warns needs use too": { from: "member-outside", to: "warned", may: [], says: use },
  "P15 leaving needs declassify": {
    from: "member-us",
    to: undefined,
    may: ["leaver", "mover"],
    says: declassify,
  },
  "P15 changing the zone needs both, each on its zone": {
    from: "member-us",
    to: "eu",
    may: ["mover"],
    says: /\((UseNotGranted|DeclassifyNotGranted)\)$/,
  },
  "P15 leaving a zone that is gone needs declassify on it": {
    from: "member-ghost",
    to: undefined,
    may: [],
    says: /loses the label domicile\.dev\/zone=ghost .*\(DeclassifyNotGranted\)$/,
  },
};
for (const [sentence, { from, to, may, says }] of Object.entries(cases))
  test(sentence, async () => {
    for (const person of Object.keys(people) as readonly Person[])
      for (const door of from.endsWith("-new") ? ([""] as const) : doors) {
        const said = sentenceOf(await ask(clients[person], { name: from, zone: to, door }));
        if (may.includes(person)) assert.equal(said, undefined, `${person} ${door}`);
        else assert.match(said ?? `allowed: ${person} ${door}`, says);
      }
  });

test("P17 whatever else of a namespace is changed is anybody's, also where its label names a zone that is gone", async () => {
  for (const { name } of stored)
    await must(clients.outsider.patch(namespaceRef(name), { metadata: { annotations: { team: "a" } } }));
});

test("a hundred zones that name 64 namespaces of the longest names are stored, and judged", async () => {
  const long = (zone: number): readonly string[] =>
    Array.from({ length: 64 }, (_, index) => `n${"x".repeat(56)}${zone * 64 + index}`.slice(0, 63));
  const many = Array.from({ length: 100 }, (_, zone) => ({ zone: `zone-${zone}`, namespaces: long(zone) }));
  const { spec } = membershipPolicy({ ...input, zones: many.map(({ zone }) => zone), named: many });
  const large = policyObjects([{ name: "member-large", spec }]);
  const last = many.at(-1)?.namespaces.at(-1) ?? "";
  try {
    for (const object of large) await must(cluster.admin.create(object));
    await untilStatus(403, () => cluster.admin.create(labelled(last, undefined), { dryRun: true }));
    const { message } = await cluster.admin.create(labelled(last, undefined), { dryRun: true });
    assert.match(message, /'member-large'.*zone zone-99: .* has no label domicile\.dev\/zone\. .*\(NamespaceBelongs\)/);
  } finally {
    for (const object of large.toReversed()) await cluster.admin.delete(object);
  }
});
