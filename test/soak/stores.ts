import { EventEmitter, once } from "node:events";
import { inspect, isDeepStrictEqual } from "node:util";
import { startCache, type Stores } from "../../src/controllers/cache.ts";
import { loadCredentials } from "../../src/kube/credentials.ts";
import type { ReadStore } from "../../src/kube/store.ts";
import { connect } from "../../src/kube/transport.ts";
import { clock } from "../../src/ops/clock.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { home } from "../e2e/domicile.ts";

/** The stores of a replica, kept in this process by the same code, so that all they hold can be compared. */
export type KeptStores = {
  readonly stores: Stores;
  readonly problems: readonly string[];
  readonly close: () => Promise<void>;
};

/** Resolves when everything has been listed once. */
export const keepStores = async (cluster: Cluster): Promise<KeptStores> => {
  const transport = connect(loadCredentials({ kubeconfig: cluster.session.kubeconfig }));
  const ending = new AbortController();
  const problems: string[] = [];
  const report = ({ plural }: { readonly plural: string }, problem: unknown): void =>
    void problems.push(`${plural}: ${inspect(problem)}`);
  const { stores, informers } = startCache({ transport, timers: clock, report, ownNamespace: home }, ending.signal);
  await Promise.all(informers.map(({ store }) => store.synced));
  return {
    stores,
    problems,
    async close() {
      ending.abort();
      await Promise.all(informers.map(({ done }) => done));
      await transport.close();
    },
  };
};

type Contents = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const contentsOf = (stores: Stores): Contents =>
  Object.fromEntries(Object.entries(stores).map(([name, { view }]) => [name, Object.fromEntries(view)]));

/** How many objects each store holds. */
export const sizesOf = (stores: Stores): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(stores).map(([name, { view }]) => [name, view.size]));

/** What two sets of stores disagree about, by store and key. */
export const differences = (kept: Stores, listed: Stores): readonly string[] => {
  const [before, after] = [contentsOf(kept), contentsOf(listed)];
  return Object.entries(after).flatMap(([store, objects]) => {
    const keys = new Set([...Object.keys(objects), ...Object.keys(before[store] ?? {})]);
    return [...keys]
      .filter((key) => !isDeepStrictEqual(before[store]?.[key], objects[key]))
      .map((key) => `${store} ${key}: kept ${inspect(before[store]?.[key])}, listed ${inspect(objects[key])}`);
  });
};

/** Resolves when both hold the same; what is still on its way changes one of them, so nothing else is waited for. */
export const untilSame = async (kept: Stores, listed: Stores): Promise<void> => {
  const told = new EventEmitter();
  const both: readonly Pick<ReadStore<unknown>, "subscribe">[] = [...Object.values(kept), ...Object.values(listed)];
  const ends = both.map((store) => store.subscribe(() => told.emit("change")));
  const deadline = AbortSignal.timeout(60_000);
  try {
    for (let found = differences(kept, listed); found.length > 0; found = differences(kept, listed))
      await once(told, "change", { signal: deadline }).catch(() => {
        throw new Error(`the stores differ from a fresh list:\n${found.join("\n")}`);
      });
  } finally {
    for (const end of ends) end();
  }
};
