import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makeMetrics } from "../../../src/ops/metrics.ts";
import { alerts, panels, type Query } from "../../monitoring/queries.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const everyQuery: readonly Query[] = [...alerts(), ...panels()];

/** A histogram is asked for by its parts. */
const parts = (name: string, type: string): readonly string[] =>
  type === "histogram" ? ["bucket", "sum", "count"].map((part) => `${name}_${part}`) : [name];

test("every metric in an alert or on the dashboard is one that is scraped", async () => {
  const metrics = makeMetrics();
  metrics.watches(() => []);
  const { text } = await metrics.text();
  const scraped = new Set(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = "", type = ""]) => parts(name, type)),
  );
  for (const { title, expr } of everyQuery) {
    const named = expr.match(/\b(?:domicile|process|nodejs)_[a-z0-9_]+/g) ?? [];
    assert.ok(named.length > 0, title);
    for (const name of named) assert.ok(scraped.has(name), `${title} asks for ${name}, which nobody exposes`);
  }
});

test("every alert says how grave it is, what is wrong, what follows, and where to read what to do", () => {
  for (const { title, rule } of alerts()) {
    assert.ok(["critical", "warning"].includes(rule.labels.severity), title);
    assert.match(rule.annotations.summary, /\.$/, title);
    assert.match(rule.annotations.description, /\.$/, title);
    assert.equal(rule.annotations.runbook_url, `docs/alerts.md#${title.toLowerCase()}`);
  }
});

test("docs/alerts.md has a heading for every alert, with its severity, and for nothing else", () => {
  const sections = readFileSync(join(root, "docs", "alerts.md"), "utf8")
    .split(/^## /m)
    .slice(1);
  const documented = sections.map((section) => section.split("\n")[0]);
  assert.deepEqual(
    documented,
    alerts().map(({ title }) => title),
  );
  for (const [index, { title, rule }] of alerts().entries())
    assert.match(sections[index] ?? "", new RegExp(`^\\S+\n\n${rule.labels.severity}\\.`, "i"), title);
});

test("an alert that speaks of a zone, a store or a pod says which", () => {
  for (const { title, expr, rule } of alerts()) {
    const by =
      /\bby \(([a-z, ]+)\)/
        .exec(expr)?.[1]
        ?.split(", ")
        .filter((label) => label !== "le") ?? [];
    for (const label of by)
      assert.ok(rule.annotations.summary.includes(`$labels.${label}`), `${title} does not say which ${label}`);
  }
});
