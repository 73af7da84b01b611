import { policyKinds, type PolicyKind } from "../api/policy-kinds.ts";
import { startInformer, type InformerParts } from "../kube/informer.ts";
import type { ReadStore } from "../kube/store.ts";
import type { Definition } from "../zone/definition-facts.ts";
import type { ForeignPolicy } from "../zone/facts.ts";
import { projectForeign, reachesFar } from "../zone/foreign-facts.ts";
import type { World } from "../zone/world.ts";

/** Hears that policies changed, of one namespace or, without one, of any. */
type Hear = (namespace: string | undefined) => void;

/** What stands of the kinds of policy that this API server serves, as they come and go. */
export type ForeignKinds = Pick<World, "foreignIn" | "farReaching" | "unreadKinds"> & {
  /** Gives the way to end it. */
  readonly subscribe: (hear: Hear) => () => void;
  /** The stores that are kept now, by resource and group. */
  readonly stores: () => ReadonlyMap<string, ReadStore<ForeignPolicy>>;
};

type Followed = {
  readonly store: ReadStore<ForeignPolicy>;
  readonly within: (namespace: string) => readonly ForeignPolicy[];
  readonly far: () => readonly ForeignPolicy[];
  readonly end: () => void;
};

const nameOf = ({ plural, group }: PolicyKind): string => `${plural}.${group}`;

/** Under which all that reach far are found: no namespace is called so. */
const anywhere = "*";

/**
 * Keeps what stands of each kind for as long as its definition does, until the signal aborts. A kind that cannot be read
 * holds up nothing else: whoever judges asks `unreadKinds`.
 */
export const followKinds = (
  parts: Pick<InformerParts<unknown>, "transport" | "timers" | "report">,
  definitions: ReadStore<Definition>,
  signal: AbortSignal,
): ForeignKinds => {
  const followed = new Map<string, Followed>();
  const hearers = new Set<Hear>();
  const tell = (namespace: string | undefined): void => hearers.forEach((hear) => hear(namespace));

  const follow = (kind: PolicyKind): Followed => {
    const ended = new AbortController();
    const all = AbortSignal.any([signal, ended.signal]);
    const report: typeof parts.report = (resource, problem) => {
      parts.report(resource, problem);
      // What cannot be read has to be said, and nothing else may ever ask.
      if (!store.hasSynced) tell(undefined);
    };
    const { store } = startInformer({ ...parts, report, resource: kind, project: projectForeign(kind) }, all);
    const byPlace = store.index((policy) => [policy.namespace, ...(reachesFar(policy) ? [anywhere] : [])]);
    const at = (place: string): readonly ForeignPolicy[] =>
      [...byPlace(place)].flatMap((key) => store.view.get(key) ?? []);
    store.subscribe((_key, before, after) => {
      if (ended.signal.aborted) return;
      const far = [before, after].some((policy) => policy !== undefined && reachesFar(policy));
      tell(far ? undefined : (after ?? before)?.namespace);
    });
    // Nothing is told of an empty list, and those who wait for it have to look.
    void store.synced.then(() => tell(undefined));
    return { store, within: (namespace) => at(namespace), far: () => at(anywhere), end: () => ended.abort() };
  };

  definitions.subscribe(() => {
    for (const kind of policyKinds) {
      const name = nameOf(kind);
      const known = followed.get(name);
      const served = definitions.view.get(name)?.versions.includes(kind.version) === true;
      if (served === (known !== undefined)) continue;
      known?.end();
      if (served) followed.set(name, follow(kind));
      else if (followed.delete(name)) tell(undefined);
    }
  });

  return {
    foreignIn: (namespace) => [...followed.values()].flatMap(({ within }) => within(namespace)),
    get farReaching() {
      return [...followed.values()].flatMap(({ far }) => far());
    },
    get unreadKinds() {
      return [...followed].flatMap(([name, { store }]) => (store.hasSynced ? [] : [name]));
    },
    subscribe: (hear) => {
      hearers.add(hear);
      return () => void hearers.delete(hear);
    },
    stores: () => new Map([...followed].map(([name, { store }]) => [name, store])),
  };
};

/** Of a cluster that serves none of these kinds. */
export const noKinds: ForeignKinds = {
  foreignIn: () => [],
  farReaching: [],
  unreadKinds: [],
  subscribe: () => () => undefined,
  stores: () => new Map(),
};
