import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseCluster } from "../../../src/zone/parse-cluster.ts";
import { parseZone } from "../../../src/zone/parse-zone.ts";
import type { Case } from "../../resources/case.ts";
import { networkCases } from "../../resources/network-cases.ts";
import { zoneCases } from "../../resources/zone-cases.ts";

const problemsOf = ({ resource }: Case) => {
  const parsed = resource["kind"] === "ResidencyZone" ? parseZone(resource) : parseCluster(resource);
  return parsed.ok ? [] : parsed.problems;
};

describe("read offline", () => {
  for (const [sentence, one] of Object.entries({ ...zoneCases, ...networkCases }))
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
