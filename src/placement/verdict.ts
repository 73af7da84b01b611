import type { NodeFacts } from "../zone/facts.ts";
import type { World } from "../zone/world.ts";
import type { Zone } from "../zone/zone.ts";
import { gatherEvidence, type Evidence } from "./evidence.ts";
import { nodeChecks } from "./node-checks.ts";
import type { Reason } from "../api/reasons.ts";

/**
 * What a node is to a zone. Verified: everything it says agrees and lies in the zone. Rejected: something it says
 * speaks against it. Unknown: too little is said. Only Verified nodes are eligible.
 */
export type Verdict = {
  readonly kind: "Verified" | "Rejected" | "Unknown";
  readonly reason: Reason;
  /** What was seen, for people: `label topology.kubernetes.io/region says eu-frankfurt-1`. */
  readonly detail: string;
  readonly evidence: readonly Evidence[];
};

/** Judges one node for one zone. At trust level ProviderID the providerID is the node's claim, not proof of it. */
export const verdict = (world: World, node: NodeFacts, zone: Zone): Verdict => {
  const evidence = gatherEvidence(world, node);
  for (const check of nodeChecks) {
    const finding = check({ node, evidence, zone });
    if (finding !== undefined) return { ...finding, evidence };
  }
  return {
    kind: "Verified",
    reason: "EvidenceConsistent",
    detail: evidence.map(({ says }) => says).join(", "),
    evidence,
  };
};
