/** A panel: what it shows, in which unit (Grafana's names), and its queries with what to call each series. */
type Panel = {
  readonly title: string;
  readonly says: string;
  readonly unit: string;
  readonly queries: Readonly<Record<string, string>>;
};

const zone = 'zone=~"$zone"';

const rows: Readonly<Record<string, readonly Panel[]>> = {
  Zones: [
    {
      title: "Pods out of place",
      says: "Pods of the zone on nodes that are not verified for it. Should be 0.",
      unit: "short",
      queries: { "{{zone}}": `max by (zone) (domicile_pods{${zone}, place="outOfPlace"})` },
    },
    {
      title: "Pods in place",
      says: "Pods of the zone on verified nodes.",
      unit: "short",
      queries: { "{{zone}}": `max by (zone) (domicile_pods{${zone}, place="inPlace"})` },
    },
    {
      title: "Nodes",
      says: "Nodes by what was found about them. Only verified ones run pods of the zone.",
      unit: "short",
      queries: { "{{zone}} {{verdict}}": `max by (zone, verdict) (domicile_nodes{${zone}})` },
    },
    {
      title: "Conditions",
      says: "1 True, 0 False, -1 Unknown. Enforced is Unknown where no enforcer of NetworkPolicy is known.",
      unit: "short",
      queries: { "{{zone}} {{type}}": `max by (zone, type) (domicile_zone_condition{${zone}})` },
    },
  ],
  Admission: [
    {
      title: "Decisions",
      says: "What became of the reviews that reached Domicile; pods that are provably in place never do.",
      unit: "reqps",
      queries: {
        "{{zone}} {{decision}}": `sum by (zone, decision) (rate(domicile_admission_decisions_total{${zone}}[$__rate_interval]))`,
      },
    },
    {
      title: "Refusals by reason",
      says: "docs/reasons.md says what each reason means and what to do.",
      unit: "reqps",
      queries: {
        "{{zone}} {{reason}}": `sum by (zone, reason) (rate(domicile_admission_decisions_total{${zone}, decision="denied"}[$__rate_interval]))`,
      },
    },
    {
      title: "Time to decide",
      says: "From a parsed review to its answer.",
      unit: "s",
      queries: {
        "p50 {{path}}":
          "histogram_quantile(0.5, sum by (path, le) (rate(domicile_admission_seconds_bucket[$__rate_interval])))",
        "p99 {{path}}":
          "histogram_quantile(0.99, sum by (path, le) (rate(domicile_admission_seconds_bucket[$__rate_interval])))",
      },
    },
  ],
  Controllers: [
    {
      title: "Who leads",
      says: "1 for the replica that runs the controllers.",
      unit: "short",
      queries: { "{{pod}}": "max by (pod) (domicile_leader)" },
    },
    {
      title: "Registration hindered",
      says: "1 while the webhook configurations are let go, as in an uninstall.",
      unit: "short",
      queries: { "{{pod}}": "max by (pod) (domicile_registration_hindered)" },
    },
    {
      title: "Reconciles",
      says: "By controller and outcome. Failed ones are tried again.",
      unit: "ops",
      queries: {
        "{{controller}} {{outcome}}": "sum by (controller, outcome) (rate(domicile_reconcile_total[$__rate_interval]))",
      },
    },
    {
      title: "Repairs in the last hour",
      says: "Objects that somebody changed and Domicile put back.",
      unit: "short",
      queries: { "{{kind}}": "sum by (kind) (increase(domicile_repairs_total[1h]))" },
    },
  ],
  Replicas: [
    {
      title: "Oldest watch",
      says: "Time since the API server last said anything. A silent watch is made anew within three minutes.",
      unit: "s",
      queries: { "{{pod}}": "max by (pod) (domicile_watch_age_seconds < +Inf)" },
    },
    {
      title: "Faults of watches",
      says: "Interruptions that were survived.",
      unit: "ops",
      queries: { "{{resource}}": "sum by (resource) (rate(domicile_watch_problems_total[$__rate_interval]))" },
    },
    {
      title: "Certificate ends in",
      says: "Renewed when a third of its life is left.",
      unit: "s",
      queries: {
        "{{pod}} {{certificate}}": "min by (pod, certificate) (domicile_certificate_expiry_timestamp_seconds) - time()",
      },
    },
    {
      title: "Memory",
      says: "Resident memory of a replica.",
      unit: "bytes",
      queries: { "{{pod}}": "max by (pod) (process_resident_memory_bytes and on (pod) domicile_leader)" },
    },
    {
      title: "CPU",
      says: "Cores in use.",
      unit: "short",
      queries: {
        "{{pod}}": "sum by (pod) (rate(process_cpu_seconds_total[$__rate_interval]) and on (pod) domicile_leader)",
      },
    },
    {
      title: "Event loop lag",
      says: "While the loop waits nothing is answered.",
      unit: "s",
      queries: { "{{pod}}": "max by (pod) (nodejs_eventloop_lag_p99_seconds and on (pod) domicile_leader)" },
    },
  ],
};

const width = 8;
const height = 8;

/** The dashboard as Grafana imports it: a row per subject, three panels side by side. */
export const dashboard = (): object => {
  const panels: object[] = [];
  let y = 0;
  for (const [title, row] of Object.entries(rows)) {
    panels.push({ id: panels.length + 1, type: "row", title, collapsed: false, gridPos: { x: 0, y, w: 24, h: 1 } });
    y += 1;
    for (const [index, panel] of row.entries()) {
      const gridPos = { x: (index % 3) * width, y: y + Math.floor(index / 3) * height, w: width, h: height };
      panels.push({ id: panels.length + 1, gridPos, ...drawn(panel) });
    }
    y += Math.ceil(row.length / 3) * height;
  }
  return {
    uid: "domicile",
    title: "Domicile",
    tags: ["domicile"],
    schemaVersion: 39,
    editable: true,
    refresh: "1m",
    time: { from: "now-6h", to: "now" },
    templating: {
      list: [
        { name: "datasource", label: "Data source", type: "datasource", query: "prometheus" },
        {
          name: "zone",
          label: "Zone",
          type: "query",
          datasource,
          query: { query: "label_values(domicile_zone_condition, zone)", refId: "zones" },
          refresh: 2,
          multi: true,
          includeAll: true,
          // Reviews of namespaces whose zone is not known bear none.
          allValue: ".*",
        },
      ],
    },
    panels,
  };
};

const datasource = { type: "prometheus", uid: "${datasource}" };

const drawn = ({ title, says, unit, queries }: Panel): object => ({
  type: "timeseries",
  title,
  description: says,
  datasource,
  fieldConfig: { defaults: { unit }, overrides: [] },
  targets: Object.entries(queries).map(([legendFormat, expr], index) => ({
    refId: String.fromCodePoint(65 + index),
    datasource,
    expr,
    legendFormat,
  })),
});
