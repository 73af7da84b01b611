import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { stringify } from "yaml";
import type { PolicyPeer } from "../../../src/api/kubernetes.ts";
import { compile } from "../../../src/egress/compile.ts";
import { stamp } from "../../../src/egress/stamp.ts";
import { readInput } from "./golden-input.ts";

const folder = new URL("../../golden/egress/", import.meta.url);
const updating = process.env["UPDATE_GOLDEN"] === "1";

for (const name of readdirSync(folder))
  test(`a zone and its clusters give the policies that are wanted: ${name.replaceAll("-", " ")}`, () => {
    const input = readInput(readFileSync(new URL(`${name}/input.yaml`, folder), "utf8"));
    const got = stringify(outcome(input), { aliasDuplicateObjects: false, lineWidth: 0 });
    const want = new URL(`${name}/want.yaml`, folder);
    if (updating) writeFileSync(want, got);
    assert.ok(existsSync(want), `${name}/want.yaml is missing: run with UPDATE_GOLDEN=1 and read what it says`);
    assert.equal(got, readFileSync(want, "utf8"));
  });

function outcome(input: Parameters<typeof compile>[0]): unknown {
  const compiled = compile(input);
  if (compiled.kind === "refused") return { refused: { reason: compiled.reason, problems: compiled.problems } };
  return { policies: stamp(compiled.specs, "payments", input.zone.name).map(abbreviated) };
}

/** Peers of a rule with very many blocks are shown by their first, their last and a digest of them all. */
const abbreviated = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (key, field: unknown) =>
    (key === "to" || key === "from") && Array.isArray(field) && field.length > 20
      ? [field[0], summary(field as readonly PolicyPeer[]), field.at(-1)]
      : field,
  );

const summary = (peers: readonly PolicyPeer[]): string =>
  `… ${peers.length} peers in all, sha256 ${createHash("sha256").update(JSON.stringify(peers)).digest("hex")} …`;
