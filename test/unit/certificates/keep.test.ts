import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { describe, test } from "node:test";
import { makeAuthority, makeLeaf } from "../../../src/certificates/ca.ts";
import { keepCertificates } from "../../../src/certificates/keep.ts";
import { readSecret, writeSecret, type Secret } from "../../../src/certificates/secret.ts";
import { kept } from "./kept-secret.ts";
import { day, hosts, lifetimes, names, replicaOn, stageAt, start } from "./replica.ts";

const encode = (text: string): string => Buffer.from(text).toString("base64");

/** The Secret that a first replica made, and a way to look at it again with nothing remembered. */
const made = async () => {
  const store = kept();
  const { stored } = await replicaOn(store, stageAt()).look();
  return { store, stored };
};

test("the first replica makes an authority and a leaf for the Service's names", async () => {
  const { store, stored } = await made();
  const leaf = new X509Certificate(stored.leaf.cert);
  const authority = new X509Certificate(stored.authority.cert);
  assert.equal(leaf.subjectAltName, "DNS:domicile.domicile-system.svc, DNS:domicile.domicile-system.svc.cluster.local");
  assert.deepEqual(leaf.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
  assert.equal(leaf.ca, false);
  assert.equal(authority.ca, true);
  assert.ok(leaf.checkIssued(authority) && leaf.verify(authority.publicKey));
  assert.equal(leaf.publicKey.asymmetricKeyDetails?.namedCurve, "prime256v1");
  assert.equal(leaf.validToDate.getTime(), start + lifetimes.leafMs);
  assert.equal(authority.validToDate.getTime(), start + lifetimes.authorityMs);
  assert.equal(store.now()?.type, "kubernetes.io/tls");
  assert.deepEqual((await replicaOn(store, stageAt(start + day)).look()).stored, stored);
  assert.deepEqual(store.writes, ["created"]);
});

test("of replicas that start together one wins, and all serve with its certificate", async () => {
  const store = kept();
  const looks = await Promise.all([1, 2, 3, 4].map(() => replicaOn(store, stageAt()).look()));
  assert.equal(new Set(looks.map(({ stored }) => stored.leaf.cert)).size, 1);
  assert.equal(store.writes.filter((written) => written === "created").length, 1);
});

test("of replicas that mend one Secret together one wins", async () => {
  const store = kept({ "tls.crt": "", "tls.key": "" });
  const looks = await Promise.all([1, 2, 3].map(() => replicaOn(store, stageAt()).look()));
  assert.equal(new Set(looks.map(({ stored }) => stored.leaf.cert)).size, 1);
  assert.equal(store.writes.filter((written) => written === "replaced").length, 1);
});

test("a leaf near its end is made anew by the same authority, so nothing the API server trusts changes", async () => {
  const { store, stored } = await made();
  assert.deepEqual((await replicaOn(store, stageAt(start + 59 * day)).look()).stored, stored);
  const second = (await replicaOn(store, stageAt(start + 61 * day)).look()).stored;
  assert.notEqual(second.leaf.cert, stored.leaf.cert);
  assert.deepEqual({ ...second, leaf: stored.leaf }, stored);
});

test("certificates that live longer than they should now are followed by shorter ones", async () => {
  const { store, stored } = await made();
  const stage = stageAt();
  const keeping = { held: undefined, servedBy: undefined, trustedMs: () => undefined, names, now: () => stage.now };
  const shorter = { authorityMs: 30 * day, leafMs: 10 * day };
  const next = await keepCertificates(store, { ...keeping, lifetimes: shorter, wrote: () => undefined });
  assert.notEqual(next.stored.leaf.cert, stored.leaf.cert);
  assert.equal(next.at, "staged");
});

describe("a Secret that is no good is replaced, and what else it bears stays", () => {
  const strangers = makeAuthority("stranger", start, 365 * day);
  const cases: Record<string, (good: Secret) => Promise<Secret["data"]> | Secret["data"]> = {
    "no data": () => undefined,
    "empty values, as a chart may make them": () => ({ "tls.crt": "", "tls.key": "", "ca.crt": "", "ca.key": "" }),
    "text that is no PEM": ({ data }) => ({ ...data, "ca.crt": encode("hello") }),
    "a leaf that is no PEM": ({ data }) => ({ ...data, "tls.crt": encode("hello") }),
    "no authority's key": ({ data }) => ({ ...data, "ca.key": "" }),
    "the key of another": async ({ data }) => ({ ...data, "tls.key": encode((await strangers).key) }),
    "another authority": async ({ data }) => ({ ...data, "ca.crt": encode((await strangers).cert) }),
    "a leaf for another name": async (good) => {
      const stored = readSecret(good);
      assert.ok(stored);
      const leaf = await makeLeaf(stored.authority, ["other.svc"], start, 90 * day);
      return writeSecret(names.secret, names.namespace, { ...stored, leaf }, undefined).data;
    },
    "a leaf in the authority's place": ({ data }) => ({ ...data, "ca.crt": data?.["tls.crt"] ?? "" }),
    "certificates that ended": async () => {
      const long = start - 400 * day;
      const authority = await makeAuthority("old", long, 365 * day);
      const leaf = await makeLeaf(authority, hosts, long, 90 * day);
      const ended = { leaf, authority, next: undefined, former: [], formerUntil: 0 };
      return writeSecret(names.secret, names.namespace, ended, undefined).data;
    },
  };
  for (const [what, spoil] of Object.entries(cases))
    test(what, async () => {
      const good = (await made()).store.now();
      assert.ok(good);
      const store = kept(await spoil(good), { app: "domicile" }, "Opaque");
      const { stored, at } = await replicaOn(store, stageAt()).look();
      assert.equal(at, "settled");
      const leaf = new X509Certificate(stored.leaf.cert);
      assert.ok(leaf.verify(new X509Certificate(stored.authority.cert).publicKey));
      const mended = store.now();
      assert.deepEqual([mended?.metadata.labels, mended?.type], [{ app: "domicile" }, "Opaque"]);
    });
});

test("what is no certificate among the former authorities is left out, or no configuration could hold the bundle", async () => {
  const { store, stored } = await made();
  const junk = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
  const former = await makeAuthority("former", start, 365 * day);
  const data = { ...store.now()?.data, "former-ca.crt": encode(junk + former.cert), "former-until": encode("soon") };
  const read = readSecret({ apiVersion: "v1", kind: "Secret", metadata: { name: "a", namespace: "b" }, data });
  assert.deepEqual(read, { ...stored, former: [former.cert], formerUntil: 0 });
});

test("a Secret that never stands still is given up with a sentence", async () => {
  const store = { ...kept({}), replace: async () => "conflict" as const };
  await assert.rejects(replicaOn(store, stageAt()).look(), /changed 8 times.*Find out who else writes it/);
});

test("certificates of an hour ahead are good on a machine whose clock is behind", async () => {
  const { store, stored } = await made();
  assert.deepEqual((await replicaOn(store, stageAt(start - 3_000_000)).look()).stored, stored);
});
