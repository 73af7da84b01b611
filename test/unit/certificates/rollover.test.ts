import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import { makeAuthority, makeLeaf } from "../../../src/certificates/ca.ts";
import { settleMs } from "../../../src/certificates/lifetimes.ts";
import { writeSecret } from "../../../src/certificates/secret.ts";
import { kept } from "./kept-secret.ts";
import { day, hosts, hour, lifetimes, name, names, replicaOn, stageAt, start } from "./replica.ts";

const settled = settleMs(lifetimes);

/** Two replicas that serve with one Secret's certificates, which the configurations name. */
const two = async () => {
  const store = kept();
  const stage = stageAt();
  const [one, other] = [replicaOn(store, stage), replicaOn(store, stage)];
  const { stored } = await one.look();
  await other.look();
  name(stage, one.bundle());
  const everybody = [one, other];
  /** What every replica serves with is trusted, whatever moment this is. */
  const nothingFails = (): void => {
    for (const replica of everybody)
      for (const authority of replica.served().authorities)
        assert.ok(stage.trusted.has(authority), "the configurations name what is served with");
  };
  return { store, stage, one, other, everybody, first: stored, nothingFails };
};

test("an authority near its end is followed by another: published, then trusted, then served by, then alone", async () => {
  const { stage, one, other, first, nothingFails } = await two();
  const bundles: number[] = [];
  const follow = (): void => {
    name(stage, one.bundle());
    bundles.push(new Set(one.bundle()).size);
    nothingFails();
  };
  stage.now += 250 * day;
  // The leaf is due as well, and is signed by the authority that is trusted.
  assert.equal((await one.look()).at, "staged");
  await other.look();
  for (const replica of [one, other]) assert.deepEqual(replica.served().authorities, [first.authority.cert]);
  follow();

  stage.now += settled - 1;
  assert.equal((await other.look()).at, "staged");
  nothingFails();
  stage.now += 1;
  const changed = await other.look();
  assert.equal(changed.at, "retiring");
  assert.notDeepEqual(other.served().authorities, [first.authority.cert]);
  assert.deepEqual(one.served().authorities, [first.authority.cert], "it has not looked yet");
  nothingFails();
  await one.look();
  assert.deepEqual(one.served(), other.served());
  follow();

  stage.now += hour - 1;
  assert.equal((await one.look()).at, "retiring");
  stage.now += 1;
  assert.equal((await one.look()).at, "settled");
  await other.look();
  follow();
  assert.deepEqual(bundles, [2, 2, 1]);
  assert.deepEqual([...one.steps, ...other.steps], ["absent", "leafDue", "authorityDue", "retired", "trusted"]);
});

test("nobody changes over while no leader writes the configurations, until the old authority has ended", async () => {
  const { stage, one, nothingFails } = await two();
  stage.now += 250 * day;
  await one.look();
  stage.now += 30 * day;
  assert.equal((await one.look()).at, "staged");
  nothingFails();
  stage.now += 90 * day;
  assert.equal((await one.look()).at, "retiring");
  assert.ok(one.steps.includes("trusted"));
});

test("a replica that starts in the middle serves with what is trusted, and can finish the rollover alone", async () => {
  const { store, stage, one, first } = await two();
  stage.now += 250 * day;
  await one.look();
  name(stage, one.bundle());
  const late = replicaOn(store, stage);
  assert.equal((await late.look()).at, "staged");
  assert.deepEqual(late.served().authorities, [first.authority.cert]);
  stage.now += settled;
  assert.equal((await late.look()).at, "retiring");
  assert.ok(late.bundle().includes(first.authority.cert), "the others still serve by it");
});

test("of replicas that change over at the same moment one wins, and all serve with the same leaf", async () => {
  const { store, stage, one, other } = await two();
  stage.now += 250 * day;
  await one.look();
  await other.look();
  name(stage, one.bundle());
  stage.now += settled;
  const more = [replicaOn(store, stage), replicaOn(store, stage)];
  await Promise.all([one, other, ...more].map(({ look }) => look()));
  assert.deepEqual(one.served(), other.served());
  assert.deepEqual(
    more.map(({ served }) => served()),
    [one.served(), one.served()],
  );
  assert.equal([one, other, ...more].flatMap(({ steps }) => steps).filter((step) => step === "trusted").length, 1);
});

for (const [what, lose] of [
  ["deleted", null],
  ["overwritten with nonsense", { "tls.crt": "bm9uc2Vuc2U=", "ca.crt": "bm9uc2Vuc2U=" }],
  ["emptied", {}],
] as const)
  test(`a Secret that is ${what} while replicas serve costs no request, and ends with other keys`, async () => {
    const { store, stage, one, other, first, nothingFails } = await two();
    store.put(lose);
    stage.now += 1_000;
    await Promise.all([one.look(), other.look()]);
    const late = replicaOn(store, stage);
    await late.look();
    for (const { served } of [one, other, late]) assert.deepEqual(served().authorities, [first.authority.cert]);
    nothingFails();
    name(stage, one.bundle());
    nothingFails();
    stage.now += settled;
    await one.look();
    await other.look();
    name(stage, one.bundle());
    nothingFails();
    stage.now += hour;
    const last = (await one.look()).stored;
    assert.notEqual(last.authority.key, first.authority.key);
    assert.notEqual(last.leaf.key, first.leaf.key);
    assert.deepEqual(last.former, []);
  });

test("a Secret of other certificates, as a backup may bring them back, is changed over to like any authority", async () => {
  const { store, stage, one, other, first, nothingFails } = await two();
  const authority = await makeAuthority("restored", start, lifetimes.authorityMs);
  const leaf = await makeLeaf(authority, hosts, start, lifetimes.leafMs);
  const restored = { leaf, authority, next: undefined, former: [], formerUntil: 0 };
  store.put(writeSecret(names.secret, names.namespace, restored, undefined).data);
  await one.look();
  await other.look();
  assert.deepEqual(one.served().authorities, [first.authority.cert]);
  const late = replicaOn(store, stage);
  await late.look();
  assert.ok(late.bundle().includes(first.authority.cert), "the Secret says that somebody serves by it");
  name(stage, one.bundle());
  nothingFails();
  stage.now += settled;
  await one.look();
  assert.deepEqual(one.served().authorities, [authority.cert]);
  nothingFails();
});

test("a next authority that is nonsense is made anew before anybody trusts it", async () => {
  const { store, stage, one } = await two();
  stage.now += 250 * day;
  await one.look();
  const nonsense = Buffer.from("nonsense").toString("base64");
  store.put({ ...store.now()?.data, "next-ca.crt": nonsense });
  const { stored, at } = await one.look();
  assert.equal(at, "staged");
  assert.ok(stored.next && new X509Certificate(stored.next.cert).ca);
});

test("the Secret never holds the key of an authority that no longer signs", async () => {
  const { store, stage, one, first } = await two();
  stage.now += 250 * day;
  await one.look();
  name(stage, one.bundle());
  stage.now += settled;
  await one.look();
  const texts = Object.values(store.now()?.data ?? {}).map((value) => Buffer.from(value, "base64").toString());
  assert.ok(
    texts.some((text) => text.includes(first.authority.cert)),
    "its certificate is still trusted",
  );
  assert.ok(!texts.some((text) => text.includes(first.authority.key)));
});
