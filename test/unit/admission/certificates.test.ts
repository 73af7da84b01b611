import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { describe, test } from "node:test";
import { makeAuthority, makeLeaf } from "../../../src/admission/ca.ts";
import { ensureCertificates, readBundle } from "../../../src/admission/certificates.ts";
import { readSecret, writeSecret, type Secret } from "../../../src/admission/secret.ts";
import { kept } from "./kept-secret.ts";

const names = { service: "domicile", namespace: "domicile-system", secret: "domicile-webhook" };
const start = Date.UTC(2026, 10, 23);
const day = 86_400_000;
const at = (days: number) => () => start + days * day;

test("the first replica makes an authority and a leaf for the Service's names", async () => {
  const store = kept();
  const bundle = await ensureCertificates(store, at(0), names);
  const leaf = new X509Certificate(bundle.cert);
  const authority = new X509Certificate(bundle.caBundle);
  assert.equal(leaf.subjectAltName, "DNS:domicile.domicile-system.svc, DNS:domicile.domicile-system.svc.cluster.local");
  assert.deepEqual(leaf.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
  assert.equal(leaf.ca, false);
  assert.equal(authority.ca, true);
  assert.ok(leaf.checkIssued(authority) && leaf.verify(authority.publicKey));
  assert.equal(leaf.publicKey.asymmetricKeyDetails?.namedCurve, "prime256v1");
  assert.equal(bundle.notAfter, start + 90 * day);
  assert.equal(store.now()?.type, "kubernetes.io/tls");
  assert.deepEqual(await ensureCertificates(store, at(1), names), bundle);
  assert.deepEqual(store.writes, ["created"]);
});

test("of replicas that start together one wins, and all serve with its certificate", async () => {
  const store = kept();
  const bundles = await Promise.all([1, 2, 3, 4].map(() => ensureCertificates(store, at(0), names)));
  assert.equal(new Set(bundles.map(({ cert }) => cert)).size, 1);
  assert.equal(store.writes.filter((written) => written === "created").length, 1);
});

test("of replicas that mend one Secret together one wins", async () => {
  const store = kept({ "tls.crt": "", "tls.key": "" });
  const bundles = await Promise.all([1, 2, 3].map(() => ensureCertificates(store, at(0), names)));
  assert.equal(new Set(bundles.map(({ cert }) => cert)).size, 1);
  assert.equal(store.writes.filter((written) => written === "replaced").length, 1);
});

test("a leaf near its end is made anew by the same authority, so nothing the API server trusts changes", async () => {
  const store = kept();
  const first = await ensureCertificates(store, at(0), names);
  assert.deepEqual(await ensureCertificates(store, at(59), names), first);
  const second = await ensureCertificates(store, at(61), names);
  assert.notEqual(second.cert, first.cert);
  assert.equal(second.caBundle, first.caBundle);
  assert.equal(second.notAfter, start + 151 * day);
});

test("an authority near its end is followed by another, and both are trusted for a while", async () => {
  const store = kept();
  const first = await ensureCertificates(store, at(0), names);
  const second = await ensureCertificates(store, at(300), names);
  assert.ok(second.caBundle.endsWith(first.caBundle) && second.caBundle.length > first.caBundle.length);
  assert.ok(new X509Certificate(second.cert).verify(new X509Certificate(second.caBundle).publicKey));
  const third = await ensureCertificates(store, at(600), names);
  assert.equal(third.caBundle.split("BEGIN CERTIFICATE").length - 1, 2);
  assert.ok(!third.caBundle.includes(first.caBundle));
});

describe("a Secret that is no good is replaced, and what else it holds stays", () => {
  const strangers = makeAuthority("stranger", start);
  const cases: Record<string, (good: Secret) => Promise<Secret["data"]> | Secret["data"]> = {
    "no data": () => undefined,
    "empty values, as a chart may make them": () => ({ "tls.crt": "", "tls.key": "", "ca.crt": "", "ca.key": "" }),
    "text that is no PEM": ({ data }) => ({ ...data, "ca.crt": Buffer.from("hello").toString("base64") }),
    "a leaf that is no PEM": ({ data }) => ({ ...data, "tls.crt": Buffer.from("hello").toString("base64") }),
    "no authority's key": ({ data }) => ({ ...data, "ca.key": "" }),
    "the key of another": async ({ data }) => ({
      ...data,
      "tls.key": Buffer.from((await strangers).key).toString("base64"),
    }),
    "another authority": async ({ data }) => ({
      ...data,
      "ca.crt": Buffer.from((await strangers).cert).toString("base64"),
    }),
    "a leaf for another name": async (good) => {
      const stored = readSecret(good);
      assert.ok(stored);
      const leaf = await makeLeaf({ cert: stored.ca, key: stored.caKey }, ["other.svc"], start);
      return writeSecret(names.secret, names.namespace, { ...stored, leaf }, undefined).data;
    },
    "a leaf in the authority's place": ({ data }) => ({ ...data, "ca.crt": data?.["tls.crt"] ?? "" }),
  };
  for (const [name, spoil] of Object.entries(cases))
    test(name, async () => {
      const good = kept();
      await ensureCertificates(good, at(0), names);
      const secret = good.now();
      assert.ok(secret);
      const store = kept(await spoil(secret), { app: "domicile" }, "Opaque");
      const before = store.now();
      assert.ok(before && readBundle(before, start, names) === undefined);
      await ensureCertificates(store, at(0), names);
      const mended = store.now();
      assert.ok(mended && readBundle(mended, start, names) !== undefined);
      assert.deepEqual([mended.metadata.labels, mended.type], [{ app: "domicile" }, "Opaque"]);
    });
});

test("a Secret that never stands still is given up with a sentence", async () => {
  const store = { ...kept({}), replace: async () => "conflict" as const };
  await assert.rejects(ensureCertificates(store, at(0), names), /changed 8 times.*Find out who else writes it/);
});

test("certificates of an hour ahead are good on a machine whose clock is behind", async () => {
  const store = kept();
  const bundle = await ensureCertificates(store, at(0), names);
  assert.deepEqual(await ensureCertificates(store, () => start - 3_000_000, names), bundle);
});
