import assert from "node:assert/strict";
import { test } from "node:test";
import { verifiedNodes, widerBackends, withVerifiedBackends } from "../../../src/egress/backends.ts";

const classic = "oci.oraclecloud.com/node-label-selector";
const network = "oci-network-load-balancer.oraclecloud.com/node-label-selector";
const ours = "domicile.dev.node-restriction.kubernetes.io/us=verified";
const balancer = (annotations?: Readonly<Record<string, string>>): object => ({
  metadata: { name: "api", ...(annotations === undefined ? {} : { annotations }) },
  spec: { type: "LoadBalancer" },
});

test("verified nodes are selected by the label that only Domicile sets", () => {
  assert.equal(verifiedNodes("us"), ours);
});

const narrowed: Readonly<Record<string, readonly [theirs: string | undefined, becomes: string]>> = {
  "left out": [undefined, ours],
  empty: ["", ours],
  blank: [" ", ours],
  "another label": ["lbset=a", `${ours},lbset=a`],
  "several labels": ["lbset in (a, b),tier", `${ours},lbset in (a, b),tier`],
  "the zone's label, not first": [`lbset=a,${ours}`, `${ours},lbset=a,${ours}`],
  "another zone's label": [`${ours.replace("/us=", "/eu=")}`, `${ours},${ours.replace("/us=", "/eu=")}`],
  "a value that only begins as ours does": [`${ours}-not`, `${ours},${ours}-not`],
  "ours already": [ours, ours],
  "ours already, and narrower": [`${ours},lbset=a`, `${ours},lbset=a`],
};
for (const [what, [theirs, becomes]] of Object.entries(narrowed))
  test(`E7 a balancer sends to verified nodes alone, whatever else its author selects by: ${what}`, () => {
    const before = balancer(theirs === undefined ? undefined : { [classic]: theirs, [network]: theirs, team: "a" });
    assert.equal(widerBackends(before, "us") === undefined, theirs === becomes);
    const annotations = withVerifiedBackends(before, "us");
    assert.deepEqual(annotations, {
      [classic]: becomes,
      [network]: becomes,
      ...(theirs === undefined ? {} : { team: "a" }),
    });
    assert.equal(widerBackends(balancer(annotations), "us"), undefined);
  });

test("E7 each of the two annotations may be the one that is read", () => {
  for (const [one, other] of [
    [classic, network],
    [network, classic],
  ] as const)
    assert.equal(widerBackends(balancer({ [one]: ours }), "us")?.field, `metadata.annotations[${other}]`);
});

test("what is no balancer sends to no nodes", () => {
  assert.equal(widerBackends({ metadata: {}, spec: { type: "NodePort" } }, "us"), undefined);
  assert.equal(widerBackends(null, "us"), undefined);
});
