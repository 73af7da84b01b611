import assert from "node:assert/strict";
import { test } from "node:test";
import { machineOf } from "../../../src/oci/machine.ts";
import { regions } from "../../../src/oci/regions.ts";

const unique = "anuwcljtgqlqxyacp5wvqkbpnzxxybszxgbwnhnbkcdvrnxjjj2v4xewnqga";

test("P7 one machine is one machine in every spelling of its providerID", () => {
  for (const { identifier, key, realm } of regions)
    for (const region of [identifier, key, identifier.replaceAll("-", "_"), ""])
      for (const scheme of ["", "oci://"])
        assert.equal(machineOf(`${scheme}ocid1.instance.${realm}.${region}.${unique}`), unique);
});

test("a machine of another provider, or of a malformed providerID, goes by the whole text", () => {
  assert.equal(machineOf("aws:///us-east-1a/i-0abc"), "aws:///us-east-1a/i-0abc");
  assert.equal(machineOf("no ocid"), "no ocid");
});

test("a node without a providerID claims no machine", () => {
  assert.equal(machineOf(undefined), undefined);
  assert.equal(machineOf(""), undefined);
});
