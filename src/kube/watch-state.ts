import type { Failure } from "./failure.ts";
import type { SourceEvent } from "./watch-source.ts";

/** Why a watch was interrupted: `closed` is a server that hangs up at once, `fault` a mistake of ours. */
export type WatchFault = Failure["kind"] | "closed" | "fault";

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

/** Asking for the changes since a version. `lost`: the line was lost, and nothing was said since. */
export type InitListed = { readonly at: "initListed"; readonly version: string; readonly lost: boolean };

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
export const recover = <T>(state: WatchState<T>, cause: WatchFault): WatchState<T> => {
  if (cause === "gone") return { at: "empty" };
  switch (state.at) {
    case "initPage":
      // A page of large objects may be longer than what is read of one answer; one object is not.
      return cause === "tooLarge" ? { ...state, limit: Math.ceil(state.limit / 2) } : state;
    case "initListed":
    case "watching":
      return { at: "initListed", version: state.version, lost: true };
    case "empty":
    case "waiting":
      return state;
    default:
      return state satisfies never;
  }
};

/**
 * Where silence leads, which is no fault: of a kind that nobody changes an API server need not say anything, not even
 * by bookmarks, so the stream is made anew to see that the line still stands. Where the line had been lost, somebody may
 * have restored etcd meanwhile, and from a version that is yet to come nothing is ever said: that is listed anew.
 */
export const hush = <T>({ version, lost }: Watching<T>): WatchState<T> =>
  lost ? { at: "empty" } : { at: "initListed", version, lost };

/** Whether a state asks for a smaller page than another: a new question, which nothing is waited for. */
export const asksForLess = <T>(before: WatchState<T>, then: WatchState<T>): boolean =>
  before.at === "initPage" && then.at === "initPage" && then.limit < before.limit;
