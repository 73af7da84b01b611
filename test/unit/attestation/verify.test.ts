import assert from "node:assert/strict";
import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { preAuthentication } from "../../../src/attestation/pae.ts";
import { readSigner } from "../../../src/attestation/sign.ts";
import { makeSignatureCheck } from "../../../src/attestation/verify.ts";
import { parseZone } from "../../../src/zone/parse-zone.ts";
import { keyed, publicKeys } from "../../resources/attestation-cases.ts";
import { node } from "../world.ts";
import { kept, kinds, pairOf, signed, signedObject, statementOf } from "./signed.ts";

const statement = statementOf(node("a"));
const check = makeSignatureCheck();

test("what is signed is DSSE's pre-authentication encoding, as its specification has it", () => {
  const encoded = preAuthentication(Buffer.from("hello world"), "http://example.com/HelloWorld");
  assert.equal(Buffer.from(encoded).toString(), "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
});

for (const [kind, pairFor] of Object.entries(kinds))
  describe(`signed with ${kind}`, () => {
    const pair = pairFor("pipeline");

    test("a statement is its key's, and no other key's of that name", () => {
      const facts = signed("a", statement, pair);
      assert.equal(check(facts, pair.public), true);
      assert.equal(check(facts, pair.public), true, "also when it is asked again");
      assert.equal(check(facts, pairFor("pipeline").public), false);
      assert.equal(check(facts, { ...pair.public, name: "another" }), false);
    });

    test("P7 a flipped bit anywhere in payload, signature or key is refused", () => {
      const object = signedObject("a", statement, pair);
      const { payload, signatures } = object.spec;
      const [{ keyid, sig }] = signatures as [{ keyid: string; sig: string }];
      const whole = { payload, sig, publicKey: pair.public.publicKey };
      const flips = fc
        .constantFrom(...(Object.keys(whole) as readonly (keyof typeof whole)[]))
        .chain((where) => fc.tuple(fc.constant(where), fc.nat(whole[where].length - 1), fc.nat(7)));
      fc.assert(
        fc.property(flips, ([where, at, bit]) => {
          const text = whole[where];
          const flipped = String.fromCharCode(text.charCodeAt(at) ^ (1 << bit));
          const now = { ...whole, [where]: `${text.slice(0, at)}${flipped}${text.slice(at + 1)}` };
          const facts = kept({
            ...object,
            spec: { ...object.spec, payload: now.payload, signatures: [{ keyid, sig: now.sig }] },
          });
          const zone = parseZone(keyed(now.publicKey));
          assert.ok(
            !zone.ok || !makeSignatureCheck()(facts, { name: keyid, publicKey: now.publicKey }),
            `${where}[${at}] ^ ${1 << bit}`,
          );
        }),
        { numRuns: 2_000 },
      );
    });

    test("P7 what is signed as another kind of statement is no statement about a node", () => {
      const object = signedObject("a", statement, pair);
      const facts = kept({ ...object, spec: { ...object.spec, payloadType: "application/vnd.in-toto+json" } });
      assert.equal(facts.statement.ok, false);
    });
  });

const otherKinds: Readonly<Record<string, () => { readonly publicKey: KeyObject; readonly privateKey: KeyObject }>> = {
  "ECDSA on P-384": () => generateKeyPairSync("ec", { namedCurve: "P-384" }),
  "ECDSA on secp256k1": () => generateKeyPairSync("ec", { namedCurve: "secp256k1" }),
  RSA: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
};
for (const [kind, pairFor] of Object.entries(otherKinds))
  test(`what a key of ${kind} really signed is signed by nobody`, () => {
    const { publicKey, privateKey } = pairFor();
    const object = signedObject("a", statement, pairOf("pipeline"));
    const said = preAuthentication(Buffer.from(object.spec.payload, "base64"));
    const sig = sign("sha256", said, privateKey).toString("base64");
    const facts = kept({ ...object, spec: { ...object.spec, signatures: [{ keyid: "pipeline", sig }] } });
    const key = { name: "pipeline", publicKey: publicKey.export({ type: "spki", format: "pem" }).toString() };
    assert.equal(check(facts, key), false);
  });

const unusable: Readonly<Record<string, string>> = {
  "that is a private one": publicKeys.private,
  "that is no key": "pipeline",
};
for (const [which, publicKey] of Object.entries(unusable))
  test(`a key ${which} signs nothing, and throws nothing`, () => {
    assert.equal(check(signed("a", statement, pairOf("pipeline")), { name: "pipeline", publicKey }), false);
  });

test("one signature of several is enough, each under its own name", () => {
  const [one, two] = [pairOf("one"), pairOf("two")];
  const [first, second] = [signedObject("a", statement, one), signedObject("a", statement, two)];
  const both = kept({
    ...first,
    spec: { ...first.spec, signatures: [...first.spec.signatures, ...second.spec.signatures] },
  });
  assert.deepEqual(
    [one, two].map((pair) => check(both, pair.public)),
    [true, true],
  );
  assert.equal(check(both, { ...one.public, name: "two" }), false);
});

const noSigner: Readonly<Record<string, readonly [pem: string, problem: RegExp]>> = {
  "an encrypted key": [
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
    /encrypted/,
  ],
  "an OpenSSH key": ["-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", /OpenSSH/],
  "a public key": [publicKeys.ed25519, /no private key/],
  "a key of another curve": [
    generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    /neither Ed25519 nor ECDSA/,
  ],
  nothing: ["", /no private key/],
};
for (const [what, [pem, problem]] of Object.entries(noSigner))
  test(`${what} cannot sign, and it is said why without a word of it`, () => {
    const signer = readSigner(pem);
    assert.ok(!signer.ok);
    assert.match(signer.problem, problem);
    assert.doesNotMatch(signer.problem, /AAAA|MCow/);
  });
