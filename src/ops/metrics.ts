import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { batch } from "./batch.ts";
import { metricsTable, type MetricName } from "./metrics-table.ts";

/** What is measured, told in the words of the rooms that do it. */
export type Metrics = {
  readonly decided: (sample: Sample) => void;
  readonly reconciled: (controller: string, outcome: string) => void;
  readonly watchProblem: (resource: string) => void;
  /** Stores whose age and size are read whenever metrics are. */
  readonly watches: (stores: () => readonly WatchedStore[]) => void;
  readonly leads: (leading: boolean) => void;
  /** What was found of a zone, undefined when it is gone. Only who leads counts: who stops forgets all of it. */
  readonly counted: (zone: string, counts: Counts | undefined) => void;
  /** A try to evict a pod of a zone. */
  readonly evicted: (zone: string, outcome: string) => void;
  /** What came of trying a zone's guards, by door; undefined where they are not tried. */
  readonly tried: (zone: string, found: Tried | undefined) => void;
  readonly repaired: (kind: string) => void;
  readonly registrationHindered: (hindered: boolean) => void;
  /** Milliseconds since 1970. */
  readonly certificateExpires: (certificate: "leaf" | "ca", notAfter: number) => void;
  readonly text: () => Promise<{ readonly contentType: string; readonly text: string }>;
};

type Sample = {
  readonly path: string;
  readonly decision: string;
  readonly reason: string;
  readonly zone: string | undefined;
  /** The time from a parsed review to its answer. */
  readonly ms: number;
};

type WatchedStore = {
  readonly name: string;
  readonly ageMs: () => number | undefined;
  /** How many objects it keeps. */
  readonly size: () => number;
};

type Counts = {
  readonly nodes: Readonly<Record<string, number>>;
  readonly pods: Readonly<Record<string, number>>;
  /** Those with pods out of place. */
  readonly workloads: number;
  /** Pods by namespace. */
  readonly neighbours: ReadonlyMap<string, number>;
  readonly pretenders: ReadonlyMap<string, number>;
  /** Policies of others that are not contained. */
  readonly uncontained: number;
  /** Objects that lead into a zone or out of it and that it does not list. */
  readonly exposed: number;
  readonly conditions: readonly { readonly type: string; readonly status: keyof typeof conditionValue }[];
};

type Tried = Readonly<Record<string, { readonly kind: keyof typeof triedValue }>>;

const triedValue = { refused: 1, admitted: 0, unanswered: -1 } as const;

const conditionValue = { True: 1, False: 0, Unknown: -1 } as const;

/** One value of a gauge, by its labels. */
type Value = readonly [labels: Readonly<Record<string, string>>, value: number];

const inZone = (zone: string, values: readonly Value[]): readonly Value[] =>
  values.map(([labels, value]) => [{ zone, ...labels }, value]);

const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((total, count) => total + count, 0);

/** A decision takes well under a millisecond; what takes 2 s was not answered at all. */
const secondsBuckets = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 2];

/** Samples that are counted together: enough that one costs little, few enough that no review waits for them. */
const samplesAtOnce = 100;

/** The metrics of one process, in a registry of their own. */
export const makeMetrics = (): Metrics => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const described = (name: MetricName) => {
    const { help, labels } = metricsTable[name];
    return { name, help, labelNames: [...labels], registers: [registry] };
  };
  const sampled = batch<Sample>(samplesAtOnce, ({ path, decision, reason, zone = "", ms }) => {
    decisions.inc({ path, decision, reason, zone });
    seconds.observe({ path }, ms / 1000);
  });
  const decisions = new Counter({
    ...described("domicile_admission_decisions_total"),
    collect: () => sampled.empty(),
  });
  const seconds = new Histogram({
    ...described("domicile_admission_seconds"),
    buckets: secondsBuckets,
    collect: () => sampled.empty(),
  });
  const reconciles = new Counter(described("domicile_reconcile_total"));
  const problems = new Counter(described("domicile_watch_problems_total"));
  const leader = new Gauge(described("domicile_leader"));
  const counts = new Map<string, Counts>();
  /** A gauge that is filled anew whenever metrics are read, so that nothing is told of what went. */
  const filled = (name: MetricName, values: () => readonly Value[]): void => {
    const gauge = new Gauge({
      ...described(name),
      collect: () => {
        gauge.reset();
        for (const [labels, value] of values()) gauge.set(labels, value);
      },
    });
  };
  const ofZones = (name: MetricName, values: (counted: Counts) => readonly Value[]): void =>
    filled(name, () => [...counts].flatMap(([zone, counted]) => inZone(zone, values(counted))));
  ofZones("domicile_nodes", ({ nodes }) => Object.entries(nodes).map(([verdict, count]) => [{ verdict }, count]));
  ofZones("domicile_pods", ({ pods }) => Object.entries(pods).map(([place, count]) => [{ place }, count]));
  ofZones("domicile_workloads_out_of_place", ({ workloads }) => [[{}, workloads]]);
  ofZones("domicile_policies_not_contained", ({ uncontained }) => [[{}, uncontained]]);
  ofZones("domicile_exposures_not_listed", ({ exposed }) => [[{}, exposed]]);
  ofZones("domicile_neighbours", ({ neighbours }) => [[{}, sum(neighbours)]]);
  ofZones("domicile_pods_labelled_outside", ({ pretenders }) => [[{}, sum(pretenders)]]);
  ofZones("domicile_zone_condition", ({ conditions }) =>
    conditions.map(({ type, status }) => [{ type }, conditionValue[status]]),
  );
  const tries = new Map<string, Tried>();
  filled("domicile_canary", () =>
    [...tries].flatMap(([zone, found]) =>
      inZone(
        zone,
        Object.entries(found).map(([door, { kind }]) => [{ door }, triedValue[kind]]),
      ),
    ),
  );
  const evictions = new Counter(described("domicile_evictions_total"));
  const repairs = new Counter(described("domicile_repairs_total"));
  const hindered = new Gauge(described("domicile_registration_hindered"));
  const expiry = new Gauge(described("domicile_certificate_expiry_timestamp_seconds"));
  return {
    decided: sampled.add,
    reconciled: (controller, outcome) => reconciles.inc({ controller, outcome }),
    watchProblem: (resource) => problems.inc({ resource }),
    watches: (stores) => {
      // What was never heard of is infinitely old, or a store that cannot connect would look fresh.
      filled("domicile_watch_age_seconds", () =>
        stores().map(({ name, ageMs }) => [{ store: name }, (ageMs() ?? Infinity) / 1000]),
      );
      filled("domicile_store_objects", () => stores().map(({ name, size }) => [{ store: name }, size()]));
    },
    leads: (leading) => {
      leader.set(leading ? 1 : 0);
      if (leading) return;
      counts.clear();
      tries.clear();
    },
    counted: (zone, counted) => {
      if (counted === undefined) counts.delete(zone);
      else counts.set(zone, counted);
    },
    evicted: (zone, outcome) => evictions.inc({ zone, outcome }),
    tried: (zone, found) => {
      if (found === undefined) tries.delete(zone);
      else tries.set(zone, found);
    },
    repaired: (kind) => repairs.inc({ kind }),
    registrationHindered: (now) => hindered.set(now ? 1 : 0),
    certificateExpires: (certificate, notAfter) => expiry.set({ certificate }, notAfter / 1000),
    text: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
};
