import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const files = join(import.meta.dirname, "..", "..", "charts", "domicile", "files");

/** Where the alerts are, in Prometheus' own format. */
export const alertsFile = join(files, "alerts.yaml");

/** What is asked of Prometheus, by an alert or by a panel. */
export type Query = { readonly title: string; readonly expr: string };

/** An alerting rule as Prometheus reads it. */
export type Rule = {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string; readonly runbook_url: string };
};

/** Every alert that the chart brings, in order. */
export const alerts = (): readonly (Query & { readonly rule: Rule })[] => {
  const { groups } = parse(readFileSync(alertsFile, "utf8")) as {
    readonly groups: readonly { readonly rules: readonly Rule[] }[];
  };
  return groups.flatMap(({ rules }) => rules.map((rule) => ({ title: rule.alert, expr: rule.expr, rule })));
};

type Panel = { readonly title: string; readonly targets?: readonly { readonly expr: string }[] };

/** Every query of the dashboard, with Grafana's variables filled in. */
export const panels = (): readonly Query[] => {
  const { panels: all } = JSON.parse(readFileSync(join(files, "dashboard.json"), "utf8")) as {
    readonly panels: readonly Panel[];
  };
  return all.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({
      title,
      expr: expr.replaceAll("$__rate_interval", "1m").replaceAll("$zone", ".*"),
    })),
  );
};
