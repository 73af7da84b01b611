import { dnsNames, keepCertificates, type Kept } from "../../../src/certificates/keep.ts";
import { handover, type Offer } from "../../../src/certificates/handover.ts";
import { endOf } from "../../../src/certificates/appraise.ts";
import { trustedBy } from "../../../src/certificates/rollover.ts";
import type { Secrets, Stored } from "../../../src/certificates/secret.ts";

export const names = { service: "domicile", namespace: "domicile-system", secret: "domicile-webhook" };
export const hosts = dnsNames(names);
export const start = Date.UTC(2026, 10, 23);
export const hour = 3_600_000;
export const day = 24 * hour;
export const lifetimes = { authorityMs: 365 * day, leafMs: 90 * day };

/** Time and the webhook configurations, as the replicas of a test see them. */
export type Stage = { now: number; readonly trusted: Map<string, number> };

/** At the start, with nothing trusted. */
export const stageAt = (now = start): Stage => ({ now, trusted: new Map() });

/** Configurations name these authorities from now on; those that were named before keep their time. */
export const name = (stage: Stage, authorities: readonly string[]): void => {
  for (const known of stage.trusted.keys()) if (!authorities.includes(known)) stage.trusted.delete(known);
  for (const authority of authorities) if (!stage.trusted.has(authority)) stage.trusted.set(authority, stage.now);
};

/** One replica as src/process/certify.ts runs it, without a process: it remembers what it read and what it serves with. */
export const replicaOn = (secrets: Secrets, stage: Stage) => {
  let held: Stored | undefined;
  let served: Offer | undefined;
  const steps: string[] = [];
  const trustedMs = (authority: string): number | undefined => {
    const since = stage.trusted.get(authority);
    return since === undefined ? undefined : stage.now - since;
  };
  const look = async (): Promise<Kept> => {
    const kept = await keepCertificates(secrets, {
      held,
      servedBy: served !== undefined && served.notAfter > stage.now ? served.authorities[0] : undefined,
      trustedMs,
      lifetimes,
      names,
      now: () => stage.now,
      wrote: (step) => void steps.push(step),
    });
    held = kept.stored;
    const offered = {
      ...held.leaf,
      authorities: [held.authority.cert],
      notAfter: endOf(held.leaf.cert),
    };
    const decision = handover({ served, offered, trustedMs, lifetimes, now: stage.now });
    if (decision.kind === "serve") served = offered;
    return kept;
  };
  return {
    look,
    steps,
    /** What it serves with, and by whom that was signed. */
    served: (): Offer => {
      if (served === undefined) throw new Error("this replica serves nothing yet");
      return served;
    },
    /** What it would have API servers trust. */
    bundle: (): readonly string[] => [...(held ? trustedBy(held) : []), ...(served?.authorities ?? [])],
  };
};
