/** What becomes of an attempt: it is refused, its pod is pinned to the zone, it is let in as it is, or it is told of. */
export type Outcome = "refused" | "pinned" | "let in" | "reported";

/** In which ways Domicile may be installed: with both halves, or one of them. */
export const installations = ["both", "webhooks only", "native only"] as const;
export type Installation = (typeof installations)[number];

/** One attempt, by what is tried, and what becomes of it in each installation. */
export type Guarded = { readonly threat: string } & Readonly<Record<Installation, Outcome>>;

const everywhere = (threat: string, outcome: Outcome): Guarded => ({
  threat,
  both: outcome,
  "webhooks only": outcome,
  "native only": outcome,
});
/** What only native policy guards. */
const natively = (threat: string): Guarded => ({ ...everywhere(threat, "refused"), "webhooks only": "let in" });

/** test/lifecycle/installations.test.ts tries each in each installation; docs/threats.md prints it. */
export const guardMatrix = {
  "a foreign node by name": everywhere("P1", "refused"),
  "a verified node by name": everywhere("P1", "refused"),
  "a Binding by an administrator to a foreign node": everywhere("P2", "refused"),
  "a Binding by an administrator to a node that is not there": everywhere("P2", "refused"),
  // The webhook looks at the node alone, native policy at the binder alone.
  "a Binding by an administrator to a verified node": { ...everywhere("P2", "refused"), "webhooks only": "let in" },
  "a Binding by the zone's scheduler to a foreign node, at the older resource": {
    ...everywhere("P2", "refused"),
    "native only": "let in",
  },
  "a Binding by the zone's scheduler with a label of ours": everywhere("P3", "refused"),
  "a Binding by the zone's scheduler that attaches a network": everywhere("P3", "refused"),
  "a Binding by a scheduler that the zone does not name, to a foreign node": everywhere("P4", "refused"),
  // As an administrator's.
  "a Binding by a scheduler that the zone does not name, to a verified node": {
    ...everywhere("P4", "refused"),
    "webhooks only": "let in",
  },
  "a second scheduler that runs, ignores node selectors and sends a pod abroad": everywhere("P4", "refused"),
  // So that scheduling goes on while Domicile is away: docs/not-covered.md.
  "a plain Binding to a foreign node by a scheduler that the zone names": everywhere("P4", "let in"),
  "a DaemonSet whose template does not carry the selector": { ...everywhere("P5", "pinned"), "native only": "let in" },
  "the pod that a DaemonSet makes for a foreign node": everywhere("P5", "pinned"),
  "a forged mirror annotation": everywhere("P6", "refused"),
  // Native policy does not know where regions lie: what asks for nodes abroad only is pinned too, and waits.
  "the region label of a node that runs pods, changed": natively("P8"),
  // The leader judges nodes and counts pods, whatever judges requests.
  "a node that is judged anew while its pods run": everywhere("P8", "reported"),
  "affinity whose every term lies abroad": { ...everywhere("P9", "refused"), "native only": "pinned" },
  "affinity with one term abroad": everywhere("P9", "pinned"),
  "a pod that nobody pinned": everywhere("P13", "pinned"),
  "the template of a Deployment": { ...everywhere("P12", "pinned"), "native only": "let in" },
  "a pod of a namespace that is not sealed": everywhere("P12", "refused"),
  "an additional network": everywhere("P18", "refused"),
  "the host's network": everywhere("P18", "refused"),
  "a pod of the zone that pins itself to another": everywhere("P21", "refused"),
  "the node label through nodes/status": natively("P21"),
  "the seal through namespaces/status": natively("P15"),
  "a namespace put into the zone by somebody who may not use it": everywhere("P15", "refused"),
  "a namespace taken out through namespaces/status by somebody who may not declassify": everywhere("P15", "refused"),
  // CEL cannot see what is in a namespace.
  "a namespace taken out by an administrator while a pod is in it": {
    ...everywhere("P15", "refused"),
    "native only": "let in",
  },
  "a namespace whose label names no zone": everywhere("P15", "refused"),
  "a NetworkPolicy with a rule that names nobody": everywhere("E1", "refused"),
  // Native policy knows nothing of what a zone allows.
  "a NetworkPolicy that opens a block outside the zone": { ...everywhere("E1", "refused"), "native only": "let in" },
  "a Service of type NodePort that the zone does not list": everywhere("E7", "refused"),
  "an EndpointSlice to an address outside the zone": { ...everywhere("E7", "refused"), "native only": "let in" },
  "our NetworkPolicy deleted": natively("E3"),
  "our CRD deleted": natively("O2"),
} as const satisfies Readonly<Record<string, Guarded>>;

/** One of the attempts. */
export type Attempt = keyof typeof guardMatrix;
