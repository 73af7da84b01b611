import type { SourceEvent, WatchProblem } from "./watch.ts";

/** The life of a watch, by kube-rs's names. What has been read of a list is kept apart until all of it is there. */
export type WatchState<T> =
  | { readonly at: "empty" }
  | InitPage<T>
  | InitListed
  | Watching<T>
  | { readonly at: "waiting"; readonly ms: number; readonly then: WatchState<T> };

/** Asking for the next page of at most `limit` objects: the first one without `next`. */
export type InitPage<T> = {
  readonly at: "initPage";
  readonly objects: Map<string, T>;
  readonly limit: number;
  readonly next?: string;
};

/** Asking for the changes since a version. `silent`: the last stream that stood since this version never said a word. */
export type InitListed = { readonly at: "initListed"; readonly version: string; readonly silent: boolean };

/** Reading a stream that stands since a time on the monotonic clock, in milliseconds. */
export type Watching<T> = Omit<InitListed, "at"> & {
  readonly at: "watching";
  readonly since: number;
  readonly stream: AsyncIterable<SourceEvent<T>>;
};

/**
 * Where a fault leads. What was heard stays good, and so do the pages of a list, whose token names their snapshot
 * (client-go and kube-rs start over, which a flaky line makes endless for a long list), until the server says that the
 * version is gone.
 */
export const recover = <T>(state: WatchState<T>, cause: WatchProblem["cause"]): WatchState<T> => {
  if (cause === "gone") return { at: "empty" };
  switch (state.at) {
    case "initPage":
      // Five hundred objects may be larger than what is read of one answer; one object is not.
      return cause === "tooLarge" ? { ...state, limit: Math.ceil(state.limit / 2) } : state;
    case "watching":
      // From a version that the server has yet to reach, as after etcd was restored, it says nothing, bookmarks included.
      if (cause === "silent" && state.silent) return { at: "empty" };
      return { at: "initListed", version: state.version, silent: state.silent || cause === "silent" };
    case "empty":
    case "initListed":
    case "waiting":
      return state;
    default:
      return state satisfies never;
  }
};

/** Whether a state asks for a smaller page than another: a new question, which nothing is waited for. */
export const asksForLess = <T>(before: WatchState<T>, then: WatchState<T>): boolean =>
  before.at === "initPage" && then.at === "initPage" && then.limit < before.limit;
