import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseCluster } from "../../../src/zone/parse-cluster.ts";
import { parseZone } from "../../../src/zone/parse-zone.ts";
import { nodeAttestation } from "../../../src/api/node-attestation.ts";
import type { Parsed } from "../../../src/zone/problem.ts";
import { resourceReader } from "../../../src/zone/read-resource.ts";
import { parseStatement } from "../../../src/zone/statement.ts";
import { attestationCases } from "../../resources/attestation-cases.ts";
import type { Case, Json } from "../../resources/case.ts";
import { networkCases } from "../../resources/network-cases.ts";
import { zoneCases } from "../../resources/zone-cases.ts";

const readAttestation = resourceReader(nodeAttestation);
const parsers: Readonly<Record<string, (resource: Json) => Parsed<unknown>>> = {
  ResidencyZone: parseZone,
  RemoteCluster: parseCluster,
  NodeAttestation: (resource) => {
    const read = readAttestation(resource);
    if (!read.ok) return read;
    const { payloadType, payload } = read.value.spec;
    return parseStatement(payloadType, payload);
  },
};

const problemsOf = ({ resource }: Case) => {
  const parsed = parsers[String(resource["kind"])]?.(resource);
  return parsed?.ok === false ? parsed.problems : [];
};

describe("read offline", () => {
  for (const [sentence, one] of Object.entries({ ...zoneCases, ...networkCases, ...attestationCases }))
    test(sentence, () => {
      const found = problemsOf(one);
      const listed = found.map(({ path, message }) => `${path}: ${message}`).join("\n");
      assert.deepEqual(new Set(found.map(({ path }) => path)), new Set(Object.keys(one.problems)), listed);
      for (const [path, words] of Object.entries(one.problems))
        assert.ok(
          found.some((problem) => problem.path === path && problem.message.includes(words)),
          `no problem at ${path} says "${words}":\n${listed}`,
        );
    });
});
