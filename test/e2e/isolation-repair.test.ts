import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Client } from "../cluster/client.ts";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { type KubeObject } from "../cluster/objects.ts";
import type { Answer } from "../cluster/transport.ts";
import { applyZone, home, joinZone } from "./domicile.ts";
import { allowing, isolating, policiesPath, policy, untilSpecsAre } from "./policies.ts";
import { leaderMetrics, sample, untilMeasured } from "./replicas.ts";
import { untilEvent } from "./resources.ts";

const zone = "chicago";
const good = { "domicile-isolate": isolating, "domicile-allow": allowing(zone) };
let cluster: Cluster;
/** Whoever got hold of Domicile's account: native policy refuses everybody else. */
let thief: Client;

before(async () => {
  cluster = await connect();
  await applyZone(cluster, zone, { nodes: { provider: "OCI", regions: ["us-chicago-1"] } });
  thief = await cluster.asServiceAccount(home, "domicile");
});
after(() => cluster.close());

type Edit = (who: Client, at: string) => Promise<Answer<unknown>>;
const manager = { fieldManager: "somebody" } as const;
const isolate = (at: string) => policy("domicile-isolate", at);
const allow = (at: string) => policy("domicile-allow", at);

const edits: Readonly<Record<string, Edit>> = {
  "egress: [{}] patched into what isolates": (who, at) => who.patch(isolate(at), { spec: { egress: [{}] } }, manager),
  "ingress: [{}] patched into what isolates": (who, at) => who.patch(isolate(at), { spec: { ingress: [{}] } }, manager),
  "egress: [{}] patched into what allows": (who, at) => who.patch(allow(at), { spec: { egress: [{}] } }, manager),
  "egress: [{}] applied by a second owner": (who, at) =>
    who.apply(
      { ...isolate(at), spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"], egress: [{}] } },
      { ...manager, force: true },
    ),
  "a direction taken out of policyTypes": (who, at) =>
    who.patch(isolate(at), { spec: { policyTypes: ["Ingress"] } }, manager),
  "a podSelector that selects nothing": (who, at) =>
    who.patch(isolate(at), { spec: { podSelector: { matchLabels: { no: "pod" } } } }, manager),
  "the isolating policy deleted": (who, at) => who.delete(isolate(at)),
  "the allowing policy deleted": (who, at) => who.delete(allow(at)),
  "both policies deleted": async (who, at) => {
    await must(who.delete(isolate(at)));
    return who.delete(allow(at));
  },
  "a surplus policy of our name": (who, at) =>
    who.create({ ...policy("domicile-allow-7", at), spec: { podSelector: {}, egress: [{}] } }, manager),
};

for (const [index, [what, edit]] of Object.entries(edits).entries())
  test(`put back, counted and told: ${what}`, async () => {
    const at = `chicago-${index}`;
    await joinZone(cluster, at, zone);
    await untilSpecsAre(cluster, at, good);
    const before = sample(await leaderMetrics(cluster), "domicile_repairs_total", { kind: "NetworkPolicy" });
    await must(edit(thief, at));
    await untilSpecsAre(cluster, at, good);
    assert.match(await untilEvent(cluster, at, "PolicyRepaired"), /was put back\. Zone chicago\./);
    await untilMeasured(cluster, "domicile_repairs_total", { kind: "NetworkPolicy" }, (now) => now > before);
  });

test("labels of ours that are taken off a policy are put back, labels of others stay", async () => {
  const at = "chicago-labels";
  await joinZone(cluster, at, zone);
  const labels = { "app.kubernetes.io/managed-by": null, team: "payments" };
  await must(thief.patch(isolate(at), { metadata: { labels } }, manager));
  const { metadata } = await cluster.admin.until<KubeObject>(
    isolate(at),
    (now) => now.metadata.labels?.["app.kubernetes.io/managed-by"] === "domicile",
    { describe: "our label is put back" },
  );
  assert.equal(metadata.labels?.["team"], "payments");
});

test("what a cluster administrator does to the policies is refused, and says what to do instead", async () => {
  const at = "chicago-refused";
  await joinZone(cluster, at, zone);
  for (const edit of Object.values(edits)) {
    const { status, message } = await edit(cluster.admin, at).catch((problem: Error) => ({
      status: Number(problem.message.slice(0, 3)),
      message: problem.message,
    }));
    assert.equal(status, 403, message);
    assert.match(message, /change spec\.egress or spec\.ingress of the ResidencyZone chicago/);
  }
  const { status } = await cluster.admin.send({ method: "DELETE", path: policiesPath(at) });
  assert.equal(status, 403);
  await untilSpecsAre(cluster, at, good);
});

test("policies of other people in a zone namespace are theirs: they are neither removed nor changed", async () => {
  const at = "chicago-theirs";
  await joinZone(cluster, at, zone);
  const mine = await must(cluster.admin.create({ ...policy("web", at), spec: { podSelector: {} } }));
  await must(thief.delete(allow(at)));
  await untilSpecsAre(cluster, at, { ...good, web: { podSelector: {}, policyTypes: ["Ingress"] } });
  const now = await must(cluster.admin.get(policy("web", at)));
  assert.equal(now.metadata.resourceVersion, mine.metadata.resourceVersion);
});
