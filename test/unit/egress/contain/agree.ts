import assert from "node:assert/strict";
import { contain } from "../../../../src/egress/contain.ts";
import type { Allowed } from "../../../../src/egress/allowed.ts";
import { passes, type End, type Opens, type Packet } from "./packet.ts";
import { addressesIn, podsIn, portsIn, protocolsWithPorts, type Vocabulary } from "./samples.ts";

/** Labels of namespaces and of pods that the generators use; the last value of each stands for all others. */
export const spaces: Vocabulary = {
  "domicile.dev/sealed": ["us", "eu"],
  "domicile.dev/zone": ["us", "eu"],
  team: ["a", "b", "other"],
};
export const pods: Vocabulary = { "k8s-app": ["kube-dns", "other"], app: ["a", "b", "other"] };

/** One policy beside a zone, each as src/ and as the naive evaluator see it. */
export type Case = {
  readonly policy: unknown;
  /** All that is written in the policy and the zone: where boundaries may be. */
  readonly written: unknown;
  readonly allowed: Allowed;
  readonly opens: Opens;
  readonly allows: Opens;
};

/**
 * Prover and naive evaluator agree: contained means that no packet is opened by the policy and not by the zone, wider
 * gives a packet that is. Says which it was.
 */
export function assertAgreement(one: Case, others: readonly End[] = []): "contained" | "wider" | "unproved" {
  const verdict = contain(one.policy, one.allowed);
  const text = JSON.stringify(one.policy);
  if (verdict.kind === "wider" && text.includes('"namespace":"payments"'))
    assert.ok(mayBe(verdict.witness.end), `no such pod: ${JSON.stringify(verdict)} of ${text}`);
  if (verdict.kind === "wider")
    assert.ok(
      passes(one.opens, verdict.witness) && !passes(one.allows, verdict.witness),
      `no witness: ${JSON.stringify(verdict)} of ${text}`,
    );
  if (verdict.kind === "contained") {
    const packet = widening(one, others);
    assert.equal(packet, undefined, `called contained, but ${JSON.stringify(packet)} passes: ${text}`);
  }
  return verdict.kind;
}

/** Whether there may be such an end: of the policy's own namespace it is known that it is sealed for the zone. */
const mayBe = (end: End): boolean =>
  end.kind !== "pod" ||
  end.cluster === "abroad" ||
  end.cluster === "elsewhere" ||
  end.namespace["kubernetes.io/metadata.name"] !== "payments" ||
  end.namespace["domicile.dev/sealed"] === "us";

/** A packet that the policy opens and the zone does not, of every packet that may tell the one from the other. */
export function widening(
  { written, opens, allows }: Omit<Case, "policy" | "allowed">,
  others: readonly End[],
): Packet | undefined {
  const ports = protocolsWithPorts(portsIn(written));
  const ends = [...addressesIn(written), ...podsIn(written, spaces, pods), ...others];
  for (const direction of ["egress", "ingress"] as const)
    for (const end of ends) {
      const opened = opens(direction, end);
      if (opened === undefined) continue;
      const allowed = allows(direction, end);
      const found = ports.find(({ protocol, port }) => opened(protocol, port) && allowed?.(protocol, port) !== true);
      if (found !== undefined) return { direction, end, ...found };
    }
  return undefined;
}
