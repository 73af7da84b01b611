import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parse } from "yaml";
import { makeSignatureCheck } from "../../../src/attestation/verify.ts";
import { kept, kinds, pairOf, type Pair } from "../attestation/signed.ts";
import { command } from "./command.ts";

const statement = {
  node: "0c7c2b5e-6f6a-4d59-9c5e-5d0f6a3f2a11",
  "provider-id": "ocid1.instance.oc1.iad.anuwcljrx",
  machine: "ec2a9f1d8c5b4e3d9f0a1b2c3d4e5f60",
  region: "us-ashburn-1",
  "not-after": "2999-01-31T00:00:00Z",
};

const pair = pairOf("pipeline-2026");
let folder: string;
const keyFile = (name: string, content: string, mode = 0o600): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
};
before(() => {
  folder = mkdtempSync(join(tmpdir(), "domicile-attest-"));
});
after(() => rmSync(folder, { recursive: true }));

const options = (parts: Readonly<Record<string, string | undefined>>): readonly string[] =>
  Object.entries({
    key: keyFile("key.pem", pair.private),
    "key-name": "pipeline-2026",
    ...statement,
    ...parts,
  }).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
const attest = (parts: Readonly<Record<string, string | undefined>> = {}) => command(["attest", ...options(parts)]);

/** Nothing of a private key is anywhere in what was said. */
const assertNothingOf = ({ private: pem }: Pair, said: string): void => {
  const lines = pem.split("\n").filter((line) => line.length > 8 && !line.startsWith("-----"));
  assert.deepEqual(
    lines.filter((line) => said.includes(line)),
    [],
  );
};

for (const [kind, pairFor] of Object.entries(kinds))
  test(`attest makes a manifest that its ${kind} key signed, and says nothing of the key`, async () => {
    const signing = pairFor("pipeline-2026");
    const { code, out, err } = await attest({ key: keyFile(`${kind}.pem`, signing.private) });
    assert.deepEqual({ code, err }, { code: 0, err: "" });
    const manifest = parse(out);
    assert.equal(manifest.kind, "NodeAttestation");
    assert.equal(manifest.metadata.name, `${statement.node}.29990131t000000z.pipeline-2026`);
    const facts = kept({ ...manifest, metadata: { ...manifest.metadata, uid: "uid" } });
    assert.ok(makeSignatureCheck()(facts, signing.public));
    assert.deepEqual(facts.statement, {
      ok: true,
      value: {
        nodeUID: statement.node,
        providerID: statement["provider-id"],
        machineID: statement.machine,
        region: statement.region,
        notAfter: Date.UTC(2999, 0, 31),
      },
    });
    assertNothingOf(signing, out);
  });

test("attest writes JSON for machines", async () => {
  const { out } = await command(["attest", ...options({}), "-o", "json"]);
  assert.equal(JSON.parse(out).spec.signatures[0].keyid, "pipeline-2026");
});

test("the same statement and Ed25519 key make the same manifest", async () => {
  assert.equal((await attest()).out, (await attest()).out);
});

const refused: Readonly<Record<string, readonly [() => Readonly<Record<string, string | undefined>>, RegExp]>> = {
  "without a node": [() => ({ node: undefined }), /--node is missing: metadata\.uid of the Node\./],
  "without a time": [() => ({ "not-after": undefined }), /--not-after is missing: until when/],
  "of a node's name with dots": [() => ({ node: "10.0.0.7" }), /--node must be a DNS label/],
  "of a region's key": [
    () => ({ region: "iad" }),
    /--region "iad" is not the identifier .* did you mean us-ashburn-1\?\n/,
  ],
  "until a time of another zone": [() => ({ "not-after": "2999-01-31T00:00:00+01:00" }), /--not-after is longer than/],
  "until a day that is none": [() => ({ "not-after": "2999-02-31T00:00:00Z" }), /--not-after must be a time in UTC/],
  "until a time that has passed": [() => ({ "not-after": "2020-01-31T00:00:00Z" }), /--not-after has passed/],
  "with a key's name that no zone can have": [
    () => ({ "key-name": "Pipeline 2026" }),
    /--key-name .* cannot be a key's name/,
  ],
  "with a key that is not there": [() => ({ key: join(folder, "none.pem") }), /none\.pem cannot be read \(ENOENT\)/],
  "with a directory": [() => ({ key: folder }), /is a directory; --key takes a file\./],
  "with a key that everybody may read": [
    () => ({ key: keyFile("open.pem", pair.private, 0o644) }),
    /everybody on this machine may read .*open\.pem \(mode 0644\): chmod 600 .*open\.pem, in Kubernetes defaultMode: 0400\./,
  ],
  "with a key that everybody may write": [() => ({ key: keyFile("write.pem", pair.private, 0o602) }), /mode 0602/],
  "with a file of 100 KB": [() => ({ key: keyFile("long.pem", "x".repeat(100_000)) }), /too long for a private key/],
  "with a public key": [() => ({ key: keyFile("public.pem", pair.public.publicKey) }), /is no private key in PEM\./],
};
for (const [what, [parts, says]] of Object.entries(refused))
  test(`attest refuses with a sentence: ${what}`, async () => {
    const { code, out, err } = await attest(parts());
    assert.match(err, says);
    assert.deepEqual({ code, out }, { code: 2, out: "" });
    assertNothingOf(pair, err);
  });

test("a key that the group may read is taken, for so containers are given their secrets", async () => {
  assert.equal((await attest({ key: keyFile("group.pem", pair.private, 0o440) })).code, 0);
});
