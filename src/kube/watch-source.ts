/** What a watch tells its store. `restarted` carries everything there is; `value` undefined is an object the projection leaves out; `heard` is a sign of life. */
export type WatchEvent<T> =
  | { readonly kind: "restarted"; readonly objects: ReadonlyMap<string, T> }
  | { readonly kind: "applied"; readonly key: string; readonly value: T | undefined }
  | { readonly kind: "deleted"; readonly key: string }
  | { readonly kind: "heard" };

/** What comes from a source: a WatchEvent with the version to go on from. */
export type SourceEvent<T> = { readonly event: WatchEvent<T>; readonly version: string };

/** Part of a list: its objects by key, the version of the whole list, and the token of the page after it, if there is one. */
export type Page<T> = {
  readonly objects: readonly (readonly [key: string, value: T])[];
  readonly version: string;
  readonly next?: string;
};

/** Where a watch reads: pages of at most `limit` objects, all of one snapshot, and the changes since a version. Both throw KubeError, or the signal's reason. */
export type Source<T> = {
  readonly limit: number;
  readonly page: (limit: number, after: string | undefined, signal: AbortSignal) => Promise<Page<T>>;
  /** Resolves once the server has agreed to tell. */
  readonly watch: (version: string, signal: AbortSignal) => Promise<AsyncIterable<SourceEvent<T>>>;
};
