import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { batch } from "./batch.ts";
import { metricsTable, type MetricName } from "./metrics-table.ts";

/** What is measured, told in the words of the rooms that do it. */
export type Metrics = {
  readonly decided: (sample: Sample) => void;
  readonly reconciled: (controller: string, outcome: string) => void;
  readonly watchProblem: (resource: string) => void;
  /** Stores whose age and size are read whenever metrics are. */
  readonly watches: (stores: readonly WatchedStore[]) => void;
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
  readonly conditions: readonly { readonly type: string; readonly status: keyof typeof conditionValue }[];
};

type Tried = Readonly<Record<string, { readonly kind: keyof typeof triedValue }>>;

const triedValue = { refused: 1, admitted: 0, unanswered: -1 } as const;

const conditionValue = { True: 1, False: 0, Unknown: -1 } as const;

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
  const nodes = new Gauge({
    ...described("domicile_nodes"),
    collect: () => {
      nodes.reset();
      for (const [zone, counted] of counts)
        for (const [verdict, count] of Object.entries(counted.nodes)) nodes.set({ zone, verdict }, count);
    },
  });
  const pods = new Gauge({
    ...described("domicile_pods"),
    collect: () => {
      pods.reset();
      for (const [zone, counted] of counts)
        for (const [place, count] of Object.entries(counted.pods)) pods.set({ zone, place }, count);
    },
  });
  const workloads = new Gauge({
    ...described("domicile_workloads_out_of_place"),
    collect: () => {
      workloads.reset();
      for (const [zone, counted] of counts) workloads.set({ zone }, counted.workloads);
    },
  });
  /** A gauge of pods by zone, summed over namespaces. */
  const summed = (name: MetricName, of: (counted: Counts) => ReadonlyMap<string, number>): void => {
    const gauge = new Gauge({
      ...described(name),
      collect: () => {
        gauge.reset();
        for (const [zone, counted] of counts)
          gauge.set(
            { zone },
            [...of(counted).values()].reduce((sum, many) => sum + many, 0),
          );
      },
    });
  };
  summed("domicile_neighbours", ({ neighbours }) => neighbours);
  summed("domicile_pods_labelled_outside", ({ pretenders }) => pretenders);
  const evictions = new Counter(described("domicile_evictions_total"));
  const conditions = new Gauge({
    ...described("domicile_zone_condition"),
    collect: () => {
      conditions.reset();
      for (const [zone, counted] of counts)
        for (const { type, status } of counted.conditions) conditions.set({ zone, type }, conditionValue[status]);
    },
  });
  const tries = new Map<string, Tried>();
  const canary = new Gauge({
    ...described("domicile_canary"),
    collect: () => {
      canary.reset();
      for (const [zone, found] of tries)
        for (const [door, { kind }] of Object.entries(found)) canary.set({ zone, door }, triedValue[kind]);
    },
  });
  const repairs = new Counter(described("domicile_repairs_total"));
  const hindered = new Gauge(described("domicile_registration_hindered"));
  const expiry = new Gauge(described("domicile_certificate_expiry_timestamp_seconds"));
  return {
    decided: sampled.add,
    reconciled: (controller, outcome) => reconciles.inc({ controller, outcome }),
    watchProblem: (resource) => problems.inc({ resource }),
    watches: (stores) => {
      const age = new Gauge({
        ...described("domicile_watch_age_seconds"),
        collect: () => {
          // What was never heard of is infinitely old, or a store that cannot connect would look fresh.
          for (const { name, ageMs } of stores) age.set({ store: name }, (ageMs() ?? Infinity) / 1000);
        },
      });
      const objects = new Gauge({
        ...described("domicile_store_objects"),
        collect: () => {
          for (const { name, size } of stores) objects.set({ store: name }, size());
        },
      });
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
