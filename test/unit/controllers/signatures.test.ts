import assert from "node:assert/strict";
import { test } from "node:test";
import { settled } from "../../../src/controllers/loop.ts";
import { checkingAhead } from "../../../src/controllers/signatures.ts";
import { verdict } from "../../../src/placement/verdict.ts";
import type { AttestationFacts } from "../../../src/zone/facts.ts";
import { listed } from "../../../src/zone/listed.ts";
import type { ZoneRecord } from "../../../src/zone/record.ts";
import type { AttestationKey } from "../../../src/zone/zone.ts";
import { node, zone, zoneRecord } from "../world.ts";

const nodes = Array.from({ length: 500 }, (_, at) => node(`n${at}`));
const attestations = nodes.map(({ name, uid, providerID = "", machineID = "" }): AttestationFacts => ({
  name,
  uid: `of-${uid}`,
  payload: "",
  signatures: [],
  statement: { ok: true, value: { nodeUID: uid, providerID, machineID, region: "us-ashburn-1", notAfter: 1 } },
}));
const asking = (name: string): ZoneRecord =>
  zoneRecord(zone({ minimumTrust: "Attested", attestationKeys: [{ name, publicKey: "theirs" }] }));

test("signatures are checked some at a time before a zone is judged, and again only with other keys", async () => {
  const known = new Set<string>();
  let inOneTurn = 0;
  let most = 0;
  const signedBy = ({ name }: AttestationFacts, key: AttestationKey): boolean => {
    const id = `${name} ${key.name}`;
    if (!known.has(id)) inOneTurn += 1;
    most = Math.max(most, inOneTurn);
    known.add(id);
    return true;
  };
  const zones = new Map([["us", asking("pipeline")]]);
  const world = { ...listed({ nodes, attestations, signedBy, now: 0 }), zones };
  const pause = async (): Promise<void> => {
    inOneTurn = 0;
  };
  const reconcile = checkingAhead(
    world,
    pause,
  )(async (name) => {
    const { parsed } = zones.get(name) ?? {};
    assert.ok(parsed?.ok);
    for (const judged of nodes) assert.equal(verdict(world, judged, parsed.value).kind, "Verified");
    return settled;
  });
  const { signal } = new AbortController();
  await reconcile("us", signal);
  assert.equal(known.size, 500);
  zones.set("us", asking("pipeline-next"));
  await reconcile("us", signal);
  assert.equal(known.size, 1_000);
  assert.ok(most <= 50, `${most} in one turn`);
});
