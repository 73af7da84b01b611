import { isDeepStrictEqual } from "node:util";
import type { World } from "../zone/world.ts";
import type { AttestationKey } from "../zone/zone.ts";
import type { Reconcile } from "./loop.ts";

/** Signatures that are checked in one turn: some milliseconds, in which no review is answered. */
const slice = 50;

/**
 * Has what is attested checked with a zone's keys before the zone is reconciled, some at a time, when the zone is first
 * met or names other keys: verdicts on 5,000 nodes in one turn would check 5,000 signatures, and the leader would answer
 * no review for a second. What is checked is remembered by `signedBy`. `pause` lets others have their turn.
 */
export const checkingAhead = (
  world: World,
  pause: (signal: AbortSignal) => Promise<void>,
): ((reconcile: Reconcile) => Reconcile) => {
  const checked = new Map<string, readonly AttestationKey[]>();
  const check = async (name: string, signal: AbortSignal): Promise<void> => {
    const parsed = world.zones.get(name)?.parsed;
    const keys = parsed?.ok === true && parsed.value.minimumTrust === "Attested" ? parsed.value.attestationKeys : [];
    if (isDeepStrictEqual(checked.get(name) ?? [], keys)) return;
    let count = 0;
    for (const uid of [...world.nodes.values()].map((node) => node.uid))
      for (const attestation of world.attestationsOf(uid))
        for (const key of keys) {
          world.signedBy(attestation, key);
          count += 1;
          if (count % slice === 0) await pause(signal);
        }
    if (keys.length === 0) checked.delete(name);
    else checked.set(name, keys);
  };
  return (reconcile) => async (name, signal) => {
    await check(name, signal);
    return reconcile(name, signal);
  };
};
