import { backoffMs } from "./backoff.ts";
import { KubeError } from "./failure.ts";
import type { Failure } from "./failure.ts";
import type { Timers } from "./timers.ts";

/** What a watch tells its store. `restarted` carries everything there is; `value` undefined is an object the projection leaves out. */
export type WatchEvent<T> =
  | { readonly kind: "restarted"; readonly objects: ReadonlyMap<string, T> }
  | { readonly kind: "applied"; readonly key: string; readonly value: T | undefined }
  | { readonly kind: "deleted"; readonly key: string }
  | { readonly kind: "heard" };

/** What comes from a source: a WatchEvent with the version to go on from. */
export type SourceEvent<T> = { readonly event: WatchEvent<T>; readonly version: string };

/** Where a watch reads: all objects at a version, and the changes since one. Both throw KubeError, or the signal's reason. */
export type Source<T> = {
  readonly list: (
    signal: AbortSignal,
  ) => Promise<{ readonly objects: ReadonlyMap<string, T>; readonly version: string }>;
  readonly watch: (version: string, signal: AbortSignal) => AsyncIterable<SourceEvent<T>>;
};

/** A fault that a watch survived: why, in words, and how long it waits before the next try. `closed` is a server that hangs up at once; `fault` is a mistake of ours. */
export type WatchProblem = {
  readonly cause: Failure["kind"] | "closed" | "fault";
  readonly message: string;
  readonly waitMs: number;
};

type State =
  | { readonly at: "empty" }
  | { readonly at: "listed"; readonly version: string }
  | { readonly at: "waiting"; readonly ms: number; readonly next: State };

/** A watch that ends sooner than this without a word was refused, whatever its status said. */
const shortestWatchMs = 1_000;

/** List, then watch, until the signal aborts: resumes after a close, lists again when its version is gone, comes back after any error, and never throws. */
export async function* watch<T>(
  source: Source<T>,
  signal: AbortSignal,
  timers: Timers,
  report: (problem: WatchProblem) => void,
): AsyncGenerator<WatchEvent<T>, void> {
  let state: State = { at: "empty" };
  let failures = 0;
  while (!signal.aborted) {
    try {
      switch (state.at) {
        case "empty": {
          const { objects, version } = await source.list(signal);
          state = { at: "listed", version };
          yield { kind: "restarted", objects };
          break;
        }
        case "listed": {
          const since = timers.monotonic();
          let heard = false;
          for await (const { event, version } of source.watch(state.version, signal)) {
            state = { at: "listed", version };
            heard = true;
            failures = 0;
            yield event;
          }
          if (!heard && timers.monotonic() - since < shortestWatchMs) throw new Closed();
          break;
        }
        case "waiting": {
          await timers.sleep(state.ms, signal);
          state = state.next;
          break;
        }
        default:
          state satisfies never;
      }
    } catch (problem) {
      if (signal.aborted) return;
      const failure = problem instanceof KubeError ? problem.failure : undefined;
      const ms = backoffMs(failures++, timers.random(), failure);
      state = { at: "waiting", ms, next: failure?.kind === "gone" ? { at: "empty" } : state };
      report({
        cause: causeOf(problem),
        message: problem instanceof Error ? problem.message : String(problem),
        waitMs: ms,
      });
    }
  }
}

class Closed extends Error {
  override readonly message = "the API server closed the watch at once and without an event";
}

const causeOf = (problem: unknown): WatchProblem["cause"] => {
  if (problem instanceof KubeError) return problem.failure.kind;
  return problem instanceof Closed ? "closed" : "fault";
};
