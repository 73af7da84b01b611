import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { stringify } from "yaml";
import { readSession } from "../cluster/session-file.ts";
import { output, type Output } from "../cluster/spawned.ts";
import { alertCases, type Series } from "./alert-cases.ts";
import { alerts, alertsFile } from "./queries.ts";

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "alerts-"));
});
after(() => rm(folder, { recursive: true }));

const promtool = (...args: readonly string[]): Promise<Output> =>
  output(readSession().programs.promtool ?? "promtool", args);

test("promtool finds nothing wrong with the alerts", async () => {
  const { code, stdout, stderr } = await promtool("check", "rules", "--lint=all", "--lint-fatal", alertsFile);
  assert.equal(code, 0, stderr);
  assert.match(stdout, new RegExp(`${alerts().length} rules found`));
});

test("every alert has a case in which it fires, and one in which it must not", () => {
  assert.deepEqual(
    alerts().map(({ title }) => title),
    Object.keys(alertCases),
  );
});

type Expected = { readonly exp_labels: object; readonly exp_annotations: object };

/** What promtool says of an alert at some moments (minutes); undefined when it is as expected at each. */
const complaint = async (alert: string, moments: readonly number[], series: Series, expected: readonly Expected[]) => {
  const file = join(folder, `${alert}.yaml`);
  const tested = {
    rule_files: [alertsFile],
    evaluation_interval: "30s",
    tests: [
      {
        interval: "30s",
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        alert_rule_test: moments.map((at) => ({
          eval_time: `${at * 60}s`,
          alertname: alert,
          exp_alerts: expected,
        })),
      },
    ],
  };
  await writeFile(file, stringify(tested));
  const { code, stdout, stderr } = await promtool("test", "rules", file);
  return code === 0 ? undefined : stdout + stderr;
};

for (const { title, rule } of alerts()) {
  const { fires, at, labels, summary, quiet, quietFrom = 0 } = alertCases[title] ?? assert.fail(`${title} has no case`);

  test(`${title} fires: ${summary}`, async () => {
    const expected = {
      exp_labels: { severity: rule.labels.severity, ...labels },
      exp_annotations: { ...rule.annotations, summary },
    };
    assert.equal(await complaint(title, [at], fires, [expected]), undefined);
  });

  const moments = Array.from({ length: 2 * (at - quietFrom) + 1 }, (_, index) => quietFrom + index / 2);
  for (const [when, series] of Object.entries(quiet))
    test(`${title} keeps quiet when ${when}`, async () => {
      assert.equal(await complaint(title, moments, series, []), undefined);
    });
}
