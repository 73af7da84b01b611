import assert from "node:assert/strict";
import { test } from "node:test";
import { providerOf } from "../../../src/oci/provider.ts";
import { regionByIdentifier } from "../../../src/oci/regions.ts";

const unique = "anuwcljtgqlqxyacp5wvqkbpnzxxybszxgbwnhnbkcdvrnxjjj2v4xewnqga";
const region = regionByIdentifier("us-ashburn-1");
const instance = `ocid1.instance.oc1.iad.${unique}`;

test("a bare OCID, as OKE writes it, is an instance", () => {
  const wanted = { kind: "oci-instance", text: instance, type: "instance", realm: "oc1", region, unique };
  assert.deepEqual(providerOf(instance), wanted);
});

test("P7 the same OCID with a scheme, or with its region spelled otherwise, is the same machine", () => {
  const spellings = [instance, `oci://${instance}`, `oci://ocid1.instance.oc1.us_ashburn_1.${unique}`];
  for (const spelling of spellings) {
    const provider = providerOf(spelling);
    assert.ok(provider.kind === "oci-instance");
    assert.equal(provider.unique, unique);
    assert.equal(provider.region, region);
  }
});

test("P10 a virtual node is told apart from an instance", () => {
  const provider = providerOf(`ocid1.virtualnode.oc1.iad.${unique}`);
  assert.ok(provider.kind === "oci-virtual-node");
  assert.equal(provider.region, region);
});

test("an instance whose region is blank is an instance of no known region", () => {
  const provider = providerOf(`ocid1.instance.oc1..${unique}`);
  assert.ok(provider.kind === "oci-instance");
  assert.equal(provider.region, undefined);
});

test("no providerID is absent, not malformed", () => {
  assert.deepEqual(providerOf(undefined), { kind: "absent" });
  assert.deepEqual(providerOf(""), { kind: "absent" });
});

const others: readonly (readonly [providerID: string, provider: string])[] = [
  ["aws:///us-east-1a/i-0abcdef1234567890", "aws"],
  ["gce://project/us-east4-a/name", "gce"],
  ["azure:///subscriptions/0/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v", "azure"],
  ["kind://docker/kind/kind-control-plane", "kind"],
  ["k3s://node", "k3s"],
  ["vsphere://4230d9c2-0000-0000-0000-000000000000", "vsphere"],
  [`aws://${instance}`, "aws"],
  ["oci2://x", "oci2"],
];

for (const [providerID, provider] of others)
  test(`${providerID} is a machine of ${provider}, whatever follows`, () => {
    assert.deepEqual(providerOf(providerID), { kind: "other-provider", provider });
  });

const malformed: readonly (readonly [says: string, providerID: string, fault: string])[] = [
  ["a scheme alone", "oci://", "shape"],
  ["the scheme twice", `oci://oci://${instance}`, "shape"],
  ["an upper-case scheme", `OCI://${instance}`, "shape"],
  ["a third slash", `oci:///${instance}`, "shape"],
  ["one slash", `oci:/${instance}`, "shape"],
  ["a space", " ", "shape"],
  ["a newline after", `${instance}\n`, "shape"],
  ["a newline before", `\n${instance}`, "shape"],
  ["a volume", `ocid1.volume.oc1.iad.${unique}`, "other-type"],
  ["a type that only starts like an instance", `ocid1.instancepool.oc1.iad.${unique}`, "other-type"],
  ["an unknown region", `ocid1.instance.oc1.us-ashburn-3.${unique}`, "unknown-region"],
  ["a region of another realm", `ocid1.instance.oc1.us-newark-1.${unique}`, "foreign-realm"],
  ["a million letters", "a".repeat(1_000_000), "shape"],
  ["the name of a node", "10.140.50.107", "shape"],
];

for (const [says, providerID, fault] of malformed)
  test(`P7 a providerID is malformed: ${says}`, () => {
    const provider = providerOf(providerID);
    assert.ok(provider.kind === "malformed");
    assert.equal(provider.fault, fault);
  });
