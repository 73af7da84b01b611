import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { askUntil } from "../cluster/asking.ts";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { condition, field, ref, type KubeObject, type Manifest } from "../cluster/objects.ts";
import { applyZone, makeNamespace, untilSealed, untilZone } from "./domicile.ts";
import { policy } from "./policies.ts";

const nodes = { provider: "OCI", regions: ["us-phoenix-1"] };
const port = { protocol: "TCP", port: 443 };
const approving = (...cidrs: readonly string[]): object => ({
  nodes,
  egress: { networks: [{ name: "partner", cidrs, ports: [port] }] },
});
const opening = (name: string, namespace: string, cidr: string): Manifest => ({
  ...policy(name, namespace),
  spec: { podSelector: {}, policyTypes: ["Egress"], egress: [{ to: [{ ipBlock: { cidr } }], ports: [port] }] },
});
const message = (zone: KubeObject): string => {
  const conditions = field(zone, "status.conditions");
  const found = Array.isArray(conditions)
    ? conditions.find((one) => field(one, "type") === "PoliciesContained")
    : undefined;
  return String(field(found, "message"));
};

let cluster: Cluster;

before(async () => {
  cluster = await connect();
  await applyZone(cluster, "contained", approving("203.0.113.0/24", "198.51.100.0/24"));
  await applyZone(cluster, "contained-warned", { ...approving("203.0.113.0/24"), enforcement: "Warn" });
  await makeNamespace(cluster, "contained-in", { "domicile.dev/zone": "contained" });
  await makeNamespace(cluster, "contained-warned", { "domicile.dev/zone": "contained-warned" });
  await makeNamespace(cluster, "contained-outside", {});
  await untilSealed(cluster, "contained-in", "contained");
  await untilZone(cluster, "contained", "PoliciesContained", "True");
  await untilZone(cluster, "contained-warned", "PoliciesContained", "True");
});
after(() => cluster.close());

test("E1 a NetworkPolicy that opens more than its zone is refused with a connection that shows it", async () => {
  const abroad = opening("abroad", "contained-in", "192.0.2.0/24");
  const { status, message: said } = await cluster.admin.create(abroad);
  assert.equal(status, 403, said);
  assert.match(
    said,
    /zone contained: spec\.egress\[0\]\.to\[0\]\.ipBlock opens egress to 192\.0\.2\.0, port 443\/TCP, which zone contained does not allow\. .*spec\.egress .*\(PolicyWidensZone\)$/,
  );
});

test("what the zone allows, and whatever is outside zones, passes", async () => {
  await must(cluster.admin.create(opening("within", "contained-in", "203.0.113.7/32")));
  await must(cluster.admin.create(opening("abroad", "contained-outside", "192.0.2.0/24")));
});

test("a zone that only warns lets it in with a warning, and its status names it", async () => {
  const stdin = JSON.stringify(opening("abroad", "contained-warned", "192.0.2.0/24"));
  // Until the API server has heard that the zone only warns it asks as for one that enforces.
  const { stderr } = await askUntil(
    () => cluster.kubectl(["apply", "-f", "-"], { stdin }),
    ({ code }) => code === 0,
    { describe: "the policy is let in" },
  );
  assert.match(stderr, /Warning: zone contained-warned: spec\.egress\[0\].* \(PolicyWidensZone\)/);
  await untilZone(cluster, "contained-warned", "PoliciesContained", "False");
});

test("E1 a zone that shrinks lists what others' policies still open, tells of each by an event, and forgets it when it goes", async () => {
  await must(cluster.admin.create(opening("partner", "contained-in", "198.51.100.0/24")));
  await applyZone(cluster, "contained", approving("203.0.113.0/24"));
  const zone = ref("domicile.dev/v1alpha1", "ResidencyZone", "contained");
  const found = await cluster.admin.until<KubeObject>(
    zone,
    (now) => condition(now, "PoliciesContained") === "False" && message(now).includes("contained-in/partner"),
    { describe: "the zone names the policy" },
  );
  assert.match(
    message(found),
    /Policies: 1\. NetworkPolicy contained-in\/partner: spec\.egress\[0\]\.to\[0\]\.ipBlock opens egress to 198\.51\.100\.0, port 443\/TCP/,
  );
  await cluster.admin.untilList<KubeObject>(
    { apiVersion: "events.k8s.io/v1", kind: "Event" },
    (events) =>
      events.some((event) => field(event, "regarding.name") === "partner" && event["reason"] === "PolicyWidensZone"),
    { namespace: "contained-in", describe: "an event tells of the policy" },
  );
  const old = policy("partner", "contained-in");
  await must(cluster.admin.patch(old, { metadata: { labels: { team: "a" } } }));
  const wider = { spec: { egress: [{ to: [{ ipBlock: { cidr: "198.51.100.0/23" } }] }] } };
  const { status, message: said } = await cluster.admin.patch(old, wider, { type: "merge" });
  assert.equal(status, 403, said);
  await must(cluster.admin.delete(old));
  await untilZone(cluster, "contained", "PoliciesContained", "True");
});
