import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "node:test";

/** The rooms of src and their rank: arrows go down only, and rooms of equal rank do not know each other. */
const ranks: Readonly<Record<string, number>> = {
  api: 0,
  cidr: 0,
  labels: 0,
  oci: 0,
  zone: 1,
  placement: 2,
  egress: 2,
  native: 2,
  kube: 3,
  ops: 3,
  certificates: 3,
  attestation: 3,
  admission: 4,
  controllers: 4,
  cli: 4,
  process: 5,
  "main.ts": 6,
  "domicile.ts": 6,
};

/** Packages a room may import besides our own files. Rooms of rank 0 to 2 that are not named here may import none. */
const packages: Readonly<Record<string, readonly string[]>> = {
  api: ["typebox"],
  kube: ["@kubernetes/client-node", "undici", "node:"],
  ops: ["pino", "prom-client", "node:"],
  certificates: ["@peculiar/x509", "node:"],
  attestation: ["node:"],
  admission: ["fastify", "rfc6902", "node:"],
  controllers: ["node:"],
  cli: ["yaml", "node:"],
  process: ["node:"],
  "main.ts": ["node:"],
  "domicile.ts": ["node:"],
};

const src = resolve(import.meta.dirname, "../src");
const files = globSync("**/*.ts", { cwd: src });
const roomOf = (file: string): string => file.split("/")[0] ?? file;

type Import = { readonly file: string; readonly target: string };
const imports: readonly Import[] = files.flatMap((file) =>
  [...readFileSync(join(src, file), "utf8").matchAll(/(?<!")\b(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(
    ([, target = ""]) => ({
      file,
      target,
    }),
  ),
);

test("every room of src has a rank", () => {
  assert.deepEqual(
    files.filter((file) => ranks[roomOf(file)] === undefined),
    [],
  );
});

test("arrows go down only, and rooms of equal rank do not know each other", () => {
  const wrong = imports.flatMap(({ file, target }) => {
    if (!target.startsWith(".")) return [];
    const room = roomOf(file);
    const other = roomOf(relative(src, resolve(src, dirname(file), target)));
    return room === other || (ranks[other] ?? 99) < (ranks[room] ?? -1) ? [] : [`${file} imports ${target}`];
  });
  assert.deepEqual(wrong, []);
});

test("a room imports only the packages it is allowed", () => {
  const wrong = imports.flatMap(({ file, target }) => {
    if (target.startsWith(".")) return [];
    const allowed = packages[roomOf(file)] ?? [];
    return allowed.some((name) => target === name || target.startsWith(name.endsWith(":") ? name : `${name}/`))
      ? []
      : [`${file} imports ${target}`];
  });
  assert.deepEqual(wrong, []);
});

test("the rooms of rank 0 to 2 know no clock, no chance, no promise and no process", () => {
  const impure =
    /\b(Date\.now|new Date\(\)|Math\.random|performance\.now|setTimeout|setInterval|async |await |Promise|process\.|console\.)/;
  const wrong = files.flatMap((file) => {
    if ((ranks[roomOf(file)] ?? 0) > 2) return [];
    const lines = readFileSync(join(src, file), "utf8").split("\n");
    return lines.flatMap((line, at) =>
      impure.test(line.replace(/\/\/.*|^\s*\*.*|\/\*.*/, "")) ? [`${file}:${at + 1}`] : [],
    );
  });
  assert.deepEqual(wrong, []);
});

test("a file is one noun: none above 250 lines, half of them at most 120", () => {
  const lengths = files
    .filter((file) => !file.endsWith(".data.ts"))
    .map((file) => ({ file, lines: readFileSync(join(src, file), "utf8").split("\n").length - 1 }))
    .toSorted((a, b) => a.lines - b.lines);
  assert.deepEqual(
    lengths.filter(({ lines }) => lines > 250),
    [],
  );
  assert.ok((lengths[Math.floor(lengths.length / 2)]?.lines ?? 0) <= 120);
});
