import type { ObjectMeta } from "../api/kubernetes.ts";
import { unlessGone } from "./failure.ts";
import { create, get, replace } from "./objects.ts";
import type { KubeObject } from "./kube-object.ts";
import type { Place } from "./resource.ts";
import { resources } from "./resources.ts";
import type { Timers } from "./timers.ts";
import type { Transport } from "./transport.ts";

/** The spec of a coordination.k8s.io/v1 Lease. */
type LeaseSpec = {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
};

type LeaseObject = KubeObject & { readonly metadata: ObjectMeta; readonly spec?: LeaseSpec };

/** Whether we hold the lease now, or who does, and whether it was written since we first looked: who died does not write. */
export type Holding =
  | { readonly kind: "ours" }
  | { readonly kind: "theirs"; readonly holder: string; readonly renewed: boolean };

/** A Lease as one candidate sees it. */
export type Lease = {
  /** Takes or renews the lease if it is free, ours or run out; throws KubeError (`conflict` when another was faster). */
  readonly hold: (signal: AbortSignal) => Promise<Holding>;
  /** Gives the lease back if it is ours. */
  readonly release: (signal: AbortSignal) => Promise<void>;
};

/**
 * One candidate's view of a Lease. That another's lease has run out is judged on our own monotonic clock, from when we
 * first saw its last renewal, so clocks that differ between machines do no harm.
 */
export const openLease = (
  transport: Transport,
  place: Place & { readonly namespace: string },
  identity: string,
  durationMs: number,
  timers: Timers,
): Lease => {
  let seen: { readonly spec: string; readonly at: number; readonly renewed: boolean } | undefined;

  const read = (signal: AbortSignal): Promise<LeaseObject | undefined> =>
    unlessGone(get<LeaseObject>(transport, resources.leases, place, signal));

  const runOut = (spec: LeaseSpec): boolean => {
    const text = JSON.stringify(spec);
    if (seen?.spec !== text) seen = { spec: text, at: timers.monotonic(), renewed: seen !== undefined };
    return timers.monotonic() - seen.at >= (spec.leaseDurationSeconds ?? durationMs / 1000) * 1000;
  };

  const next = (last: LeaseSpec): LeaseSpec => {
    const now = microTime(timers.now());
    const same = last.holderIdentity === identity;
    return {
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(durationMs / 1000),
      acquireTime: (same ? last.acquireTime : undefined) ?? now,
      renewTime: now,
      leaseTransitions: (last.leaseTransitions ?? 0) + (same ? 0 : 1),
    };
  };

  return {
    hold: async (signal) => {
      const lease = await read(signal);
      if (lease === undefined) {
        await create(transport, resources.leases, { metadata: place, spec: next({}) }, signal);
        return { kind: "ours" };
      }
      const spec = lease.spec ?? {};
      const holder = spec.holderIdentity ?? "";
      if (holder !== identity && holder !== "" && !runOut(spec))
        return { kind: "theirs", holder, renewed: seen?.renewed === true };
      await replace(transport, resources.leases, { ...lease, spec: next(spec) }, signal);
      return { kind: "ours" };
    },
    release: async (signal) => {
      const lease = await read(signal);
      if (lease?.spec?.holderIdentity !== identity) return;
      const spec = { ...lease.spec, holderIdentity: "", leaseDurationSeconds: 1, renewTime: microTime(timers.now()) };
      await replace(transport, resources.leases, { ...lease, spec }, signal);
    },
  };
};

/** Kubernetes' MicroTime wants exactly six digits of a second. */
const microTime = (ms: number): string => new Date(ms).toISOString().replace("Z", "000Z");
