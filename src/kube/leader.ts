import { askedToWaitMs } from "./failure.ts";
import type { Holding, Lease } from "./lease.ts";
import type { Timers } from "./timers.ts";

/** What a candidate is doing. `renewed`: the holder was seen at work, not only its name in the lease. `lost` and `released` end a term of leading; `problem` is a request that failed and will be tried again. */
export type Leadership =
  | { readonly at: "standby"; readonly holder: string; readonly renewed: boolean }
  | { readonly at: "leading" }
  | { readonly at: "lost"; readonly why: string }
  | { readonly at: "released" }
  | { readonly at: "problem"; readonly problem: unknown };

/** Milliseconds, as client-go has them: a leader stops `renewWithin` after its last renewal, before another may take a lease of `duration`. */
export const leaseTimes = { duration: 15_000, renewWithin: 10_000, retry: 2_000 } as const;

/** A candidate: its lease, its times in milliseconds, and the work that it would do. */
export type LeaderParts = {
  readonly lease: Lease;
  readonly timers: Timers;
  readonly times?: { readonly duration: number; readonly renewWithin: number; readonly retry: number };
  /**
   * The work of the leader, until its signal aborts. A throw gives the lease back and ends `lead` with it. `fence` throws
   * once the term is over: a process that stood still wakes up to work in hand before it wakes up to the signal.
   */
  readonly onLead: (signal: AbortSignal, fence: () => void) => Promise<void>;
  readonly observe: (leadership: Leadership) => void;
};

/** Stands for election until the signal aborts, and does the leader's work while leading; gives the lease back at the end. */
export const lead = async (parts: LeaderParts, signal: AbortSignal): Promise<void> => {
  const { lease, timers, observe, times = leaseTimes } = parts;
  if (times.renewWithin >= times.duration) throw new RangeError("a leader must stop before its lease runs out");
  let last: Extract<Holding, { readonly kind: "theirs" }> | undefined;
  while (!signal.aborted) {
    const askedAt = timers.monotonic();
    let wait = times.retry * (0.8 + 0.4 * timers.random());
    try {
      const holding = await lease.hold(signal);
      if (holding.kind === "ours") {
        last = undefined;
        await term(parts, times, askedAt, signal);
        continue;
      }
      const { holder, renewed } = holding;
      if (holder !== last?.holder || renewed !== last.renewed) observe({ at: "standby", holder, renewed });
      last = holding;
    } catch (problem) {
      if (problem instanceof WorkFailed) throw problem.cause;
      if (!signal.aborted) observe({ at: "problem", problem });
      wait = Math.max(wait, askedToWaitMs(problem));
    }
    await timers.sleep(wait, signal);
  }
};

class WorkFailed extends Error {}

/** One term of leading: work, renewal and a watchdog side by side; it ends when all three have. */
const term = async (
  { lease, timers, onLead, observe }: LeaderParts,
  times: NonNullable<LeaderParts["times"]>,
  heldSince: number,
  signal: AbortSignal,
): Promise<void> => {
  const end = new AbortController();
  const stop = (): void => end.abort({ at: "released" } satisfies Leadership);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  observe({ at: "leading" });

  // From before the request was sent: the API server may have stored it any time after that.
  let renewedAt = heldSince;
  const lose = (why: string): void => end.abort({ at: "lost", why } satisfies Leadership);

  const leftMs = (): number => {
    const left = renewedAt + times.renewWithin - timers.monotonic();
    if (left <= 0) lose(`the lease was not renewed within ${times.renewWithin} ms`);
    return left;
  };
  const fence = (): void => {
    leftMs();
    end.signal.throwIfAborted();
  };

  const watchdog = async (): Promise<void> => {
    while (!end.signal.aborted) await timers.sleep(leftMs(), end.signal);
  };

  const renewal = async (): Promise<void> => {
    for (let wait = times.retry; ;) {
      await timers.sleep(wait, end.signal);
      if (end.signal.aborted) return;
      wait = times.retry;
      const askedAt = timers.monotonic();
      try {
        const holding = await lease.hold(end.signal);
        if (holding.kind === "ours") renewedAt = askedAt;
        else lose(`${holding.holder} holds the lease`);
      } catch (problem) {
        if (!end.signal.aborted) observe({ at: "problem", problem });
        wait = Math.max(wait, askedToWaitMs(problem));
      }
    }
  };

  const work = async (): Promise<void> => {
    try {
      await onLead(end.signal, fence);
    } catch (cause) {
      if (end.signal.aborted) return;
      end.abort({ at: "released" } satisfies Leadership);
      throw new WorkFailed("the leader's work failed", { cause });
    }
  };

  const [worked] = await Promise.allSettled([work(), watchdog(), renewal()]);
  signal.removeEventListener("abort", stop);
  const ended = end.signal.reason as Leadership;
  if (ended.at === "released") await giveBack(lease, timers, observe);
  observe(ended);
  if (worked.status === "rejected") throw worked.reason;
};

const giveBack = async (lease: Lease, timers: Timers, observe: LeaderParts["observe"]): Promise<void> => {
  const given = new AbortController();
  const late = new AbortController();
  void timers.sleep(5_000, given.signal).then(() => late.abort(new Error("the lease was not given back within 5 s")));
  try {
    await lease.release(late.signal);
  } catch (problem) {
    observe({ at: "problem", problem });
  } finally {
    given.abort();
  }
};
