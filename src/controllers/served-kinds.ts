import { startInformer, type InformerParts } from "../kube/informer.ts";
import type { Resource } from "../kube/resource.ts";
import type { ReadStore } from "../kube/store.ts";
import type { Definition } from "../zone/definition-facts.ts";

/** Hears that objects changed, of one namespace or, without one, of any. */
export type Hear = (namespace: string | undefined) => void;

/** A kind that a cluster may not have, and in which version it is read of those that are served. */
export type ServedKind = Omit<Resource, "version"> & {
  readonly versionOf: (served: readonly string[]) => string | undefined;
};

/** What stands of kinds that this API server serves, as they come and go. */
export type Served<T> = {
  readonly within: (namespace: string) => readonly T[];
  /** Those that concern every namespace. */
  readonly far: () => readonly T[];
  /** The kinds that are served and of which nobody has read yet what stands, by resource and group. */
  readonly unread: () => readonly string[];
  /** Gives the way to end it. */
  readonly subscribe: (hear: Hear) => () => void;
  /** The stores that are kept now, by resource and group. */
  readonly stores: () => ReadonlyMap<string, ReadStore<T>>;
};

/** What is kept of these kinds, and what of it concerns every namespace. */
type Kept<T> = {
  readonly kinds: readonly ServedKind[];
  readonly project: (resource: Resource) => (raw: unknown) => T | undefined;
  readonly far: (value: T) => boolean;
};

type Followed<T> = Pick<Served<T>, "within" | "far"> & {
  readonly store: ReadStore<T>;
  readonly version: string;
  readonly end: () => void;
};

/** Under which all that reach far are found: no namespace is called so. */
const anywhere = "*";

/**
 * Keeps what stands of each kind for as long as its definition does, until the signal aborts. A kind that cannot be read
 * holds up nothing else: whoever judges asks `unread`.
 */
export const followServed = <T extends { readonly namespace: string }>(
  parts: Pick<InformerParts<unknown>, "transport" | "timers" | "report">,
  definitions: ReadStore<Definition>,
  { kinds, project, far }: Kept<T>,
  signal: AbortSignal,
): Served<T> => {
  const followed = new Map<string, Followed<T>>();
  const hearers = new Set<Hear>();
  const tell = (namespace: string | undefined): void => hearers.forEach((hear) => hear(namespace));

  const follow = (resource: Resource): Followed<T> => {
    const ended = new AbortController();
    const all = AbortSignal.any([signal, ended.signal]);
    const report: typeof parts.report = (failed, problem) => {
      parts.report(failed, problem);
      // What cannot be read has to be said, and nothing else may ever ask.
      if (!store.hasSynced) tell(undefined);
    };
    const { store } = startInformer({ ...parts, report, resource, project: project(resource) }, all);
    const byPlace = store.index((value) => [value.namespace, ...(far(value) ? [anywhere] : [])]);
    const at = (place: string): readonly T[] => [...byPlace(place)].flatMap((key) => store.view.get(key) ?? []);
    store.subscribe((_key, before, after) => {
      if (ended.signal.aborted) return;
      const reaching = [before, after].some((value) => value !== undefined && far(value));
      tell(reaching ? undefined : (after ?? before)?.namespace);
    });
    // Nothing is told of an empty list, and those who wait for it have to look.
    void store.synced.then(() => tell(undefined));
    return { store, version: resource.version, within: at, far: () => at(anywhere), end: () => ended.abort() };
  };

  definitions.subscribe(() => {
    for (const { versionOf, ...kind } of kinds) {
      const name = `${kind.plural}.${kind.group}`;
      const known = followed.get(name);
      const version = versionOf(definitions.view.get(name)?.versions ?? []);
      if (version === known?.version) continue;
      known?.end();
      if (version !== undefined) followed.set(name, follow({ ...kind, version }));
      else if (followed.delete(name)) tell(undefined);
    }
  });

  return {
    within: (namespace) => [...followed.values()].flatMap(({ within }) => within(namespace)),
    far: () => [...followed.values()].flatMap((one) => one.far()),
    unread: () => [...followed].flatMap(([name, { store }]) => (store.hasSynced ? [] : [name])),
    subscribe: (hear) => {
      hearers.add(hear);
      return () => void hearers.delete(hear);
    },
    stores: () => new Map([...followed].map(([name, { store }]) => [name, store])),
  };
};
