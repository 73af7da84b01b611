import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chartPolicies } from "../../src/native/chart.ts";
import { nativePolicies } from "../../src/native/compile.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { objects } from "./render.ts";

type Rule = Readonly<Record<"apiGroups" | "resources" | "verbs", readonly string[]>> & {
  readonly resourceNames?: readonly string[];
};

let cluster: Cluster;
before(async () => {
  cluster = await connect();
});
after(() => cluster.close());

const where = (namespace: string | undefined): string =>
  namespace === undefined ? "everywhere" : namespace === "domicile-system" ? "its own namespace" : namespace;

test("O6 docs/service-account.md says of each rule that the chart renders what a thief does with it, and of no other", async () => {
  const rendered = (await objects(cluster, {}))
    .filter(
      ({ kind, metadata }) => (kind === "ClusterRole" || kind === "Role") && !metadata.annotations?.["helm.sh/hook"],
    )
    .flatMap(({ metadata, ...role }) =>
      ((role["rules"] ?? []) as readonly Rule[]).map(({ apiGroups: [group], resources, resourceNames = [], verbs }) => [
        where(metadata.namespace),
        resources.map((resource) => (group ? `${resource}.${group}` : resource)).join(", "),
        resourceNames.join(", "),
        verbs.join(", "),
      ]),
    );
  const page = await readFile(join(import.meta.dirname, "..", "..", "docs", "service-account.md"), "utf8");
  const rows = page
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| where") && !line.startsWith("| ---"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  assert.deepEqual(
    rows.map((cells) => cells.slice(0, 4)),
    rendered,
  );
  for (const cells of rows) assert.ok((cells[4] ?? "").length > 0, cells.join(" | "));
});

test("the account may make and repair the native policies that src/native compiles, by name, and no others", async () => {
  const role = (await objects(cluster, {})).find(
    ({ kind, metadata }) => kind === "ClusterRole" && metadata.name === "domicile",
  );
  const rules = (role?.["rules"] ?? []) as readonly Rule[];
  const named = rules.flatMap(({ resources, resourceNames = [], verbs }) =>
    resources.includes("validatingadmissionpolicies") && verbs.includes("patch") ? resourceNames : [],
  );
  const compiled = [
    ...chartPolicies("somebody"),
    ...nativePolicies(
      {
        zones: [],
        named: [],
        approvals: [],
        lenient: [],
        exclusive: [],
        gone: [],
        schedulers: {},
        exempt: [],
        open: [],
        exposing: {},
      },
      "somebody",
    ),
  ];
  assert.deepEqual(named.toSorted(), compiled.map(({ name }) => name).toSorted());
});
