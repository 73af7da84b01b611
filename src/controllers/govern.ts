import { fenced } from "../kube/fenced.ts";
import { lead, leaseTimes, type Leadership } from "../kube/leader.ts";
import { openLease } from "../kube/lease.ts";
import type { Place } from "../kube/resource.ts";
import { aborted } from "../ops/aborted.ts";
import { runControllers, type ControllerParts } from "./controllers.ts";

/** What a replica needs to stand for election and to lead. */
export type GovernParts = ControllerParts & {
  readonly lease: Place & { readonly namespace: string };
  /** What tells this replica from the others: its pod's name. */
  readonly identity: string;
  readonly leadership: (leadership: Leadership) => void;
  /** Resolves when there are certificates: without them nobody may be told to call us. */
  readonly certified: Promise<void>;
};

/** The leading half of a process: controllers, on the one replica that holds the lease, until the signal aborts. */
export const govern = async (parts: GovernParts, signal: AbortSignal): Promise<void> => {
  const { cache, transport, timers, identity } = parts;
  // Who has not read everything yet would take a quiet cluster for an empty one.
  const read = Promise.all([parts.certified, ...cache.informers.map(({ store }) => store.synced)]);
  await Promise.race([read, aborted(signal)]);
  await lead(
    {
      lease: openLease(transport, parts.lease, identity, leaseTimes.duration, timers),
      timers,
      observe: parts.leadership,
      onLead: (term, fence) => runControllers({ ...parts, transport: fenced(transport, fence) }, term),
    },
    signal,
  );
};
