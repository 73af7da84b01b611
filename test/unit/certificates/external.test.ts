import assert from "node:assert/strict";
import { test } from "node:test";
import { makeAuthority, makeLeaf } from "../../../src/certificates/ca.ts";
import { readExternal } from "../../../src/certificates/external.ts";
import type { Secret } from "../../../src/certificates/secret.ts";
import { day, hosts, start } from "./replica.ts";

const authority = await makeAuthority("their authority", start, 365 * day);
const leaf = await makeLeaf(authority, hosts, start, 90 * day);
const other = await makeAuthority("another", start, 365 * day);

const secret = (texts: Readonly<Record<string, string>>): Secret => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "domicile-webhook-cert", namespace: "domicile-system" },
  data: Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString("base64")])),
});
const good = { "tls.crt": leaf.cert, "tls.key": leaf.key, "ca.crt": authority.cert };

test("a Secret as cert-manager writes it is served with, and needs no authority's key", () =>
  assert.deepEqual(readExternal(secret(good), hosts, start), {
    kind: "good",
    offer: { ...leaf, authorities: [authority.cert], notAfter: start + 90 * day },
  }));

test("of several authorities in ca.crt each is to be trusted", () => {
  const read = readExternal(secret({ ...good, "ca.crt": other.cert + authority.cert }), hosts, start);
  assert.ok(read.kind === "good");
  assert.deepEqual(read.offer.authorities, [other.cert, authority.cert]);
});

const bad: Readonly<Record<string, readonly [Secret | undefined, RegExp]>> = {
  "no Secret": [undefined, /there is none yet/],
  "no key": [secret({ ...good, "tls.key": "" }), /tls\.key is missing or empty/],
  "no authority, as from ACME": [secret({ ...good, "ca.crt": "" }), /ca\.crt is missing or empty: use an issuer/],
  "a leaf of another authority": [secret({ ...good, "ca.crt": other.cert }), /tls\.crt is not signed by ca\.crt/],
  "the key of another": [secret({ ...good, "tls.key": other.key }), /tls\.key is not the key of tls\.crt/],
  "text that is no PEM": [secret({ ...good, "tls.crt": "hello" }), /tls\.crt is unreadable/],
};
for (const [what, [given, why]] of Object.entries(bad))
  test(`${what}: it says why that cannot be served`, () => {
    const read = readExternal(given, hosts, start);
    assert.ok(read.kind === "bad");
    assert.match(read.why, why);
  });

test("a leaf that ended and one for other names cannot be served", () => {
  assert.deepEqual(readExternal(secret(good), ["other.svc"], start), {
    kind: "bad",
    why: "tls.crt is not for other.svc",
  });
  assert.equal(readExternal(secret(good), hosts, start + 91 * day).kind, "bad");
});
