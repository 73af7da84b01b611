/** Series by name and labels, each with its samples in promtool's notation, one every 30 s. */
export type Series = Readonly<Record<string, string>>;

/** What makes an alert fire, what it then says, and what looks like it and must not. */
export type AlertCase = {
  readonly fires: Series;
  /** When it is looked at, in minutes after the first sample. */
  readonly at: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Looked at every half minute until `at`, from `quietFrom` (minutes, 0 by default) on. */
  readonly quiet: Readonly<Record<string, Series>>;
  readonly quietFrom?: number;
};

const day = 86_400;
const replica = 'pod="domicile-1", instance="10.0.0.1:8080"';
const other = 'pod="domicile-2", instance="10.0.0.2:8080"';
const repairs = `domicile_repairs_total{kind="NetworkPolicy", ${replica}}`;
const failed = `domicile_reconcile_total{controller="zones", outcome="failed", ${replica}}`;
const pods = `domicile_pods{zone="us", place="outOfPlace", ${replica}}`;
const faults = (path: string, zone: string) =>
  `domicile_admission_decisions_total{path="${path}", decision="denied", reason="Fault", zone="${zone}", ${replica}}`;
const canary = (door: string) => `domicile_canary{zone="us", door="${door}", ${replica}}`;
const condition = (type: string, pod = replica) => `domicile_zone_condition{zone="us", type="${type}", ${pod}}`;
const uncontained = (pod = replica) => `domicile_policies_not_contained{zone="us", ${pod}}`;
const bucket = (le: string) => `domicile_admission_seconds_bucket{path="/mutate/pods", le="${le}", ${replica}}`;

/** Each alert of the chart. */
export const alertCases: Readonly<Record<string, AlertCase>> = {
  DomicileDown: {
    fires: { 'up{job="domicile"}': "0x20" },
    at: 5,
    labels: {},
    summary: "No replica of Domicile is seen.",
    quiet: {
      "one replica of two is there": {
        [`domicile_leader{${replica}}`]: "0x20",
        [`domicile_leader{${other}}`]: "1 _x19",
      },
    },
  },
  DomicileNoLeader: {
    fires: { [`domicile_leader{${replica}}`]: "1 0x20", [`domicile_leader{${other}}`]: "0x20" },
    at: 5,
    labels: {},
    summary: "No replica of Domicile runs the controllers.",
    quiet: {
      "the lease changes hands": {
        [`domicile_leader{${replica}}`]: "1 1 0x20",
        [`domicile_leader{${other}}`]: "0 0 0 1x20",
      },
    },
  },
  DomicileWatchStale: {
    fires: { [`domicile_watch_age_seconds{store="pods", ${replica}}`]: "0+30x40" },
    at: 15,
    labels: { pod: "domicile-1", store: "pods" },
    summary: "Replica domicile-1 has heard nothing about pods for 15m 0s.",
    quiet: {
      "a bookmark comes each minute": {
        [`domicile_watch_age_seconds{store="pods", ${replica}}`]: "30 60 0 30 60 0 30x40",
      },
      "a replica has just started": { [`domicile_watch_age_seconds{store="pods", ${replica}}`]: "+Inf +Inf 0x40" },
    },
  },
  DomicileCertificateEnding: {
    fires: { [`domicile_certificate_expiry_timestamp_seconds{certificate="leaf", ${replica}}`]: `${10 * day}x200` },
    at: 90,
    labels: { pod: "domicile-1", certificate: "leaf" },
    summary: "The certificate (leaf) of replica domicile-1 ends in 9d 22h 30m 0s, and should have been renewed.",
    quiet: {
      "it is about to be renewed": {
        [`domicile_certificate_expiry_timestamp_seconds{certificate="leaf", ${replica}}`]: `${30 * day}x200`,
      },
    },
  },
  DomicileFault: {
    fires: { [faults("/mutate/pods", "us")]: "_x24 1x40" },
    at: 15,
    labels: { path: "/mutate/pods", zone: "us" },
    summary: "Domicile failed while it decided about /mutate/pods in zone us.",
    quiet: {
      "a pod is refused for a reason": {
        [`domicile_admission_decisions_total{path="/mutate/pods", reason="NodeNameSet", zone="us", ${replica}}`]:
          "0+1x40",
      },
      "it was long ago": { [faults("/mutate/pods", "us")]: "3x40" },
    },
    quietFrom: 11,
  },
  DomicileAdmissionSlow: {
    fires: { [bucket("0.05")]: "0+10x60", [bucket("0.25")]: "0+100x60", [bucket("+Inf")]: "0+100x60" },
    at: 20,
    labels: { path: "/mutate/pods" },
    summary: "One in a hundred answers on /mutate/pods takes more than 247.8ms.",
    quiet: {
      "answers take a millisecond": { [bucket("0.001")]: "0+100x60", [bucket("+Inf")]: "0+100x60" },
      "nothing is asked": { [bucket("0.001")]: "7x60", [bucket("+Inf")]: "9x60" },
    },
  },
  DomicilePodsOutOfPlace: {
    fires: { [pods]: "0 2x40" },
    at: 10,
    labels: { zone: "us" },
    summary: "2 pods of zone us run on nodes that are not verified for it.",
    quiet: { "all are in place": { [pods]: "0x40", [pods.replace("outOfPlace", "inPlace")]: "9x40" } },
  },
  DomicileZoneNotEnforced: {
    fires: { [condition("Enforced")]: "-1 0x60" },
    at: 20,
    labels: { zone: "us" },
    summary: "Zone us is not enforced.",
    quiet: {
      "it enforces, and no enforcer is known": { [condition("Enforced")]: "-1x60" },
      "it enforces": { [condition("Enforced")]: "1x60" },
    },
  },
  DomicilePoliciesNotContained: {
    fires: { [uncontained()]: "0 2x60" },
    at: 10,
    labels: { zone: "us" },
    summary: "2 policies of others open more than zone us allows, or nobody can tell.",
    quiet: {
      "all are contained": { [uncontained()]: "0x60" },
      "it was narrowed within minutes": { [uncontained()]: "0 1 1 1 0x60" },
      "another replica leads now": { [uncontained()]: "1 1 1 stale", [uncontained(other)]: "_ _ _ 0x60" },
    },
  },
  DomicileZoneNotReady: {
    fires: { [condition("Ready")]: "0x60", [condition("Enforced")]: "-1x60" },
    at: 20,
    labels: { zone: "us" },
    summary: "Zone us is not ready.",
    quiet: {
      "it is set to Warn": { [condition("Ready")]: "0x60", [condition("Enforced")]: "0x60" },
      "another replica leads now": {
        [condition("Ready")]: "0 0 0 stale",
        [condition("Ready", other)]: "_ _ _ 1x60",
        [condition("Enforced", other)]: "_ _ _ -1x60",
      },
    },
  },
  DomicileRepairsRepeated: {
    fires: { [repairs]: "0 1 1 1 2 2 2 3 3 4x60" },
    at: 10,
    labels: { kind: "NetworkPolicy" },
    summary: "Domicile has put its NetworkPolicy back 4 times within half an hour, because somebody keeps changing it.",
    quiet: { "somebody tried once": { [repairs]: "0 1x60" } },
  },
  DomicileCanaryAdmitted: {
    fires: {
      [canary("pods")]: "1x40",
      [canary("bindings")]: "1 0x40",
    },
    at: 5,
    labels: { zone: "us", door: "bindings" },
    summary: "Zone us lets bindings in that it must refuse.",
    quiet: {
      "it was let in once": { [canary("bindings")]: "1 0 1x20" },
      "nobody answers": { [canary("bindings")]: "-1x20" },
    },
  },
  DomicileCanaryUntried: {
    fires: { [canary("pods")]: "-1x40", [canary("bindings")]: "1x40" },
    at: 20,
    labels: { zone: "us", door: "pods" },
    summary: "Domicile cannot try whether zone us refuses pods.",
    quiet: { "the API server was away for a while": { [canary("pods")]: "1 -1x8 1x20" } },
  },
  DomicileRegistrationHindered: {
    fires: {
      [`domicile_registration_hindered{${replica}}`]: "1x40",
      [`domicile_registration_hindered{${other}}`]: "0x40",
    },
    at: 10,
    labels: {},
    summary: "Domicile may neither make nor repair its webhook configurations.",
    quiet: { "it is uninstalled": { [`domicile_registration_hindered{${replica}}`]: "0 1 1 stale" } },
  },
  DomicileReconcileFailing: {
    fires: { [failed]: "0+1x80" },
    at: 30,
    labels: { controller: "zones" },
    summary: "The controller zones keeps failing.",
    quiet: {
      "it failed for a minute": { [failed]: "0 1 2 3x80" },
      "it works": { [failed.replace("failed", "settled")]: "0+5x80" },
    },
  },
};
