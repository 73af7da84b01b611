import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { containmentPolicy } from "../../src/native/containment.ts";
import type { Client } from "../cluster/client.ts";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { ref, type Manifest } from "../cluster/objects.ts";
import { untilStatus } from "./guards.ts";
import { policyObjects } from "./policy-objects.ts";

const namespaces: Readonly<Record<string, string | undefined>> = {
  "contain-us": "us",
  "contain-open": "open",
  "contain-warned": "warned",
  "contain-exempt": "us",
  "contain-outside": undefined,
};
const domicile = "system:serviceaccount:domicile-system:domicile";
const input = {
  zones: undefined,
  named: [],
  approvals: [],
  lenient: ["warned"],
  gone: [],
  schedulers: {},
  exempt: ["contain-exempt", "kube-system"],
  exclusive: [],
  open: ["open"],
  exposing: {},
};
const objects = policyObjects([containmentPolicy(input, domicile)]);

let cluster: Cluster;
let self: Client;

const written = (spec: object, namespace = "contain-us"): Manifest => ({
  ...ref("networking.k8s.io/v1", "NetworkPolicy", "theirs", namespace),
  spec: { podSelector: {}, ...spec },
});
const out = (...egress: readonly object[]): object => ({ policyTypes: ["Egress"], egress });
const into = (...ingress: readonly object[]): object => ({ policyTypes: ["Ingress"], ingress });
const block = (cidr: string): object => ({ ipBlock: { cidr } });
const create = (object: Manifest, client = cluster.admin) => client.create(object, { dryRun: true });

before(async () => {
  cluster = await connect();
  self = await cluster.as({ user: domicile, groups: ["system:masters"] });
  for (const [name, zone] of Object.entries(namespaces))
    await must(
      cluster.admin.create({
        ...ref("v1", "Namespace", name),
        metadata: { name, labels: zone === undefined ? {} : { "domicile.dev/zone": zone } },
      } as Manifest),
    );
  // What was there before the policy.
  await must(cluster.admin.create(written(out({}))));
  for (const object of objects) await must(cluster.admin.create(object));
  await untilStatus(403, () => create({ ...written(out({})), metadata: { name: "probe", namespace: "contain-us" } }));
});

after(async () => {
  for (const object of objects) await cluster.admin.delete(object);
  for (const name of Object.keys(namespaces)) await cluster.admin.delete(ref("v1", "Namespace", name));
  await cluster.close();
});

const named = (object: Manifest): Manifest => ({ ...object, metadata: { ...object.metadata, name: "another" } });

const refused: Readonly<Record<string, object>> = {
  "an egress rule without to": out({ ports: [{ port: 443 }] }),
  "an egress rule with an empty to": out({ to: [] }),
  "a rule without to behind one with": out({ to: [block("203.0.113.0/24")] }, {}),
  "every IPv4 address, with a hole": out({ to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] } }] }),
  "every IPv6 address": out({ to: [block("203.0.113.0/24"), block("::/0")] }),
  "an ingress rule without from": into({}),
  "every address in": into({ from: [block("0.0.0.0/0")] }),
};
for (const [what, spec] of Object.entries(refused))
  test(`E1 with Domicile away a NetworkPolicy of somebody else's is refused in a zone: ${what}`, async () => {
    const { status, message } = await create(named(written(spec)));
    assert.equal(status, 403, message);
    assert.match(
      message,
      /'domicile-containment'.* zone us: spec\.(egress\[\]\.to|ingress\[\]\.from) .*\(PolicyWidensZone\)/,
    );
  });

const passes: Readonly<Record<string, Manifest>> = {
  "rules whose type is not named have no effect": written({ policyTypes: ["Ingress"], egress: [{}] }),
  "a block": written(out({ to: [block("203.0.113.0/24")] })),
  "pods of the zone": written(out({ to: [{ podSelector: {} }] })),
  "what closes": written({ policyTypes: ["Ingress", "Egress"] }),
  "everybody in, where the zone lets everybody in": written(into({}), "contain-open"),
  "a zone that only warns": written(out({}), "contain-warned"),
  "a namespace that never joins": written(out({}), "contain-exempt"),
  "a namespace outside": written(out({}), "contain-outside"),
};
for (const [what, object] of Object.entries(passes))
  test(`a NetworkPolicy passes: ${what}`, async () => {
    await must(create(named(object)));
  });

test("Domicile's own account is not asked", async () => {
  await must(create(named(written(out({}))), self));
});

test("an old policy that opens everything may still be labelled, and not be rewritten", async () => {
  const old = ref("networking.k8s.io/v1", "NetworkPolicy", "theirs", "contain-us");
  await must(cluster.admin.patch(old, { metadata: { labels: { team: "a" }, finalizers: ["tests.example/kept"] } }));
  await must(cluster.admin.patch(old, { metadata: { finalizers: null } }, { type: "merge" }));
  const { status } = await cluster.admin.patch(
    old,
    { spec: { egress: [{ ports: [{ port: 1 }] }] } },
    { type: "merge" },
  );
  assert.equal(status, 403);
});
