import { backoffMs } from "./backoff.ts";
import { failedWith, KubeError } from "./failure.ts";
import type { Timers } from "./timers.ts";
import type { Page, Source, WatchEvent } from "./watch-source.ts";
import { asksForLess, hush, recover } from "./watch-state.ts";
import type { InitListed, InitPage, WatchFault, Watching, WatchState } from "./watch-state.ts";

/** A fault that a watch survived: why, in words, and how long it waits before the next try. */
export type WatchProblem = {
  readonly cause: WatchFault;
  readonly message: string;
  readonly waitMs: number;
};

/** A watch that ends sooner than this without a word was refused, whatever its status said. */
const shortestWatchMs = 1_000;
/** A watch that stood for longer than the longest wait was no part of the trouble before it. */
const soundWatchMs = 30_000;

/** List, then watch, until the signal aborts: resumes after a close, lists again when its version is gone, comes back after any error, and never throws. */
export async function* watch<T>(
  source: Source<T>,
  signal: AbortSignal,
  timers: Timers,
  report: (problem: WatchProblem) => void,
): AsyncGenerator<WatchEvent<T>, void> {
  let state: WatchState<T> = { at: "empty" };
  let failures = 0;
  while (!signal.aborted) {
    try {
      switch (state.at) {
        case "empty":
          state = { at: "initPage", objects: new Map(), limit: source.limit };
          break;
        case "initPage": {
          const { objects, limit }: InitPage<T> = state;
          const page: Page<T> = await source.page(limit, state.next, signal);
          for (const [key, value] of page.objects) objects.set(key, value);
          if (page.next !== undefined) state = { at: "initPage", objects, limit, next: page.next };
          else {
            state = { at: "initListed", version: page.version, lost: false };
            yield { kind: "restarted", objects };
          }
          break;
        }
        case "initListed": {
          const { version, lost }: InitListed = state;
          const stream = await source.watch(version, signal);
          state = { at: "watching", version, lost, since: timers.monotonic(), stream };
          yield { kind: "heard" };
          break;
        }
        case "watching": {
          const { since, stream }: Watching<T> = state;
          let heard = false;
          for await (const { event, version } of stream) {
            state = { at: "watching", version, lost: false, since, stream };
            heard = true;
            failures = 0;
            yield event;
          }
          const lasted = timers.monotonic() - since;
          if (!heard && lasted < shortestWatchMs) throw new Closed();
          if (lasted >= soundWatchMs) failures = 0;
          state = { at: "initListed", version: state.version, lost: false };
          break;
        }
        case "waiting":
          await timers.sleep(state.ms, signal);
          state = state.then;
          break;
        default:
          state satisfies never;
      }
    } catch (problem) {
      if (signal.aborted) return;
      if (state.at === "watching" && timers.monotonic() - state.since >= soundWatchMs) failures = 0;
      if (state.at === "watching" && failedWith(problem, "silent")) {
        state = hush(state);
        continue;
      }
      const cause = causeOf(problem);
      const then: WatchState<T> = recover(state, cause);
      const ms: number = asksForLess(state, then) ? 0 : backoffMs(failures++, timers.random(), problem);
      state = { at: "waiting", ms, then };
      report({ cause, message: problem instanceof Error ? problem.message : String(problem), waitMs: ms });
    }
  }
}

class Closed extends Error {
  override readonly message = "the API server closed the watch at once and without an event";
}

const causeOf = (problem: unknown): WatchFault => {
  if (problem instanceof KubeError) return problem.failure.kind;
  return problem instanceof Closed ? "closed" : "fault";
};
