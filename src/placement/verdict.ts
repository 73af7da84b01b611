import type { Reason } from "../api/reasons.ts";
import type { NodeFacts } from "../zone/facts.ts";
import type { World } from "../zone/world.ts";
import type { Zone } from "../zone/zone.ts";
import { judgeAttestation, type Attestation } from "./attestation.ts";
import { claimOf, gatherEvidence, type Evidence } from "./evidence.ts";
import { nodeChecks } from "./node-checks.ts";

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
  /** When time alone may change it, in milliseconds since 1970. */
  readonly until?: number;
};

/**
 * Judges one node for one zone. At trust level ProviderID the providerID is the node's claim, not proof of it; at level
 * Attested somebody whom the zone names has signed it, for the time until `until` at most.
 */
export const verdict = (world: World, node: NodeFacts, zone: Zone): Verdict => {
  const claimed = gatherEvidence(world, node);
  const attestation = attestationOf(world, node, zone, claimed);
  const evidence = [
    ...claimed,
    ...(attestation?.says ?? []).map((says): Evidence => ({ source: "attestation", says })),
  ];
  const until = attestation?.until === undefined ? {} : { until: attestation.until };
  for (const check of nodeChecks) {
    const finding = check({ node, evidence, zone, attestation });
    if (finding !== undefined) return { ...finding, evidence, ...until };
  }
  return {
    kind: "Verified",
    reason: attestation === undefined ? "EvidenceConsistent" : "NodeAttested",
    detail: evidence.map(({ says }) => says).join(", "),
    evidence,
    ...until,
  };
};

const attestationOf = (
  world: World,
  node: NodeFacts,
  zone: Zone,
  claimed: readonly Evidence[],
): Attestation | undefined => {
  if (zone.minimumTrust !== "Attested") return undefined;
  const provider = claimOf(claimed)?.provider;
  return judgeAttestation(
    world,
    node,
    zone,
    provider?.kind === "oci-instance" ? provider.region?.identifier : undefined,
  );
};

/** When time alone may change one of these first, in milliseconds since 1970; undefined for never. */
export const nextLook = (verdicts: Iterable<{ readonly until?: number }>): number | undefined => {
  const earliest = [...verdicts].reduce((first, { until = Infinity }) => Math.min(first, until), Infinity);
  return earliest === Infinity ? undefined : earliest;
};
