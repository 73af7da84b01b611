import { backoffMs } from "../kube/backoff.ts";
import { askedToWaitMs } from "../kube/failure.ts";
import { Queue } from "./queue.ts";

/** What a reconciler says when it is done: settled, look again after so many milliseconds, or not worth another try. */
export type Outcome =
  | { readonly kind: "settled" }
  | { readonly kind: "again"; readonly afterMs: number }
  | { readonly kind: "hopeless"; readonly why: string };

/** Nothing is left to do until something changes. */
export const settled: Outcome = { kind: "settled" };

/** As long as a look that is due at a time is put off: timers stand still in a suspended machine, and know no clock that is set. */
const longestWaitMs = 600_000;

/** Look again at `time` in milliseconds since 1970, where there is one; some minutes early rather than late. */
export const againAt = (time: number | undefined, now: number): Outcome =>
  time === undefined ? settled : { kind: "again", afterMs: Math.min(Math.max(time - now, 1), longestWaitMs) };

/** Read, decide, apply, report for one key. A throw means: try again with backoff. Only the loop retries. */
export type Reconcile = (key: string, signal: AbortSignal) => Promise<Outcome>;

/** A controller: its reconciler, and time and chance as it takes them. */
export type LoopParts = {
  readonly name: string;
  readonly reconcile: Reconcile;
  /** Resolves after `ms`, or at once when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** 0 to 1, so that replicas and keys do not retry in step. */
  readonly jitter: () => number;
  /** Hears of every outcome; `why` is what a hopeless one says, `failure` what was thrown. */
  readonly observe: (event: {
    readonly name: string;
    readonly key: string;
    readonly outcome: Outcome["kind"] | "failed";
    readonly why?: string;
    readonly failure?: unknown;
  }) => void;
  /** Keys worked on at the same time. */
  readonly workers?: number;
};

/** A loop that others ask for work. */
export type Loop = {
  /** Asks for a reconcile of `key`, at once or after `afterMs`. */
  readonly ask: (key: string, afterMs?: number) => void;
  /** Works until the signal aborts; resolves when the last reconcile has ended. */
  readonly run: (signal: AbortSignal) => Promise<void>;
};

/** A controller's loop: one queue of keys, some workers, backoff per key. It starts nothing before `run`. */
export const makeLoop = (parts: LoopParts): Loop => {
  const queue = new Queue();
  const failures = new Map<string, number>();
  const delayed = { asked: new Set<string>(), retry: new Set<string>(), held: new Set<string>() };
  const looks = new Map<string, AbortController>();
  let running: AbortSignal | undefined;

  // One wait per key and cause: one that is far away must not hold up a retry that is due in a second. Held is what an
  // API server asked to be left alone with: whatever asks for the key meanwhile, its next try comes after that.
  const later = async (why: keyof typeof delayed, key: string, ms: number, signal: AbortSignal): Promise<void> => {
    const waiting = delayed[why];
    if (waiting.has(key)) return;
    waiting.add(key);
    await parts.sleep(ms, signal);
    waiting.delete(key);
    if (!signal.aborted) queue.add(key);
  };

  // What was said last counts: a look in an hour is forgotten when the next reconcile wants one in a second.
  const look = async (key: string, ms: number, signal: AbortSignal): Promise<void> => {
    const superseded = new AbortController();
    looks.set(key, superseded);
    await parts.sleep(ms, AbortSignal.any([signal, superseded.signal]));
    if (superseded.signal.aborted) return;
    looks.delete(key);
    if (!signal.aborted) queue.add(key);
  };

  const ask = (key: string, afterMs = 0): void => {
    if (afterMs > 0 && running !== undefined) void later("asked", key, afterMs, running);
    else queue.add(key);
  };

  const once = async (key: string, signal: AbortSignal): Promise<void> => {
    try {
      const outcome = await parts.reconcile(key, signal);
      failures.delete(key);
      looks.get(key)?.abort();
      looks.delete(key);
      const why = outcome.kind === "hopeless" ? { why: outcome.why } : {};
      parts.observe({ name: parts.name, key, outcome: outcome.kind, ...why });
      if (outcome.kind === "again") void look(key, outcome.afterMs, signal);
    } catch (failure) {
      if (signal.aborted) return;
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      parts.observe({ name: parts.name, key, outcome: "failed", failure });
      const ms = backoffMs(count, parts.jitter(), failure);
      void later(askedToWaitMs(failure) > 0 ? "held" : "retry", key, ms, signal);
    }
  };

  const work = async (signal: AbortSignal): Promise<void> => {
    for (let key = await queue.take(); key !== undefined && !signal.aborted; key = await queue.take()) {
      if (!delayed.held.has(key)) await once(key, signal);
      queue.done(key);
    }
  };

  const run = async (signal: AbortSignal): Promise<void> => {
    running = signal;
    signal.addEventListener("abort", () => queue.close(), { once: true });
    if (signal.aborted) queue.close();
    await Promise.all(Array.from({ length: parts.workers ?? 1 }, () => work(signal)));
  };

  return { ask, run };
};
