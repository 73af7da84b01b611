import { EventEmitter, once } from "node:events";
import { startInformer } from "../../src/kube/informer.ts";
import type { Informer } from "../../src/kube/informer.ts";
import { apply, remove } from "../../src/kube/objects.ts";
import type { KubeObject } from "../../src/kube/kube-object.ts";
import type { Transport } from "../../src/kube/transport.ts";
import type { WatchProblem } from "../../src/kube/watch.ts";
import { clock } from "../../src/ops/clock.ts";
import { configMap, configMaps } from "./config-maps.ts";

type Data = Readonly<Record<string, string>>;

/** An informer of config maps with the faults it survived. */
export type Watched = Informer<Data> & {
  readonly problems: readonly WatchProblem[];
  /** Resolves with the first fault of which this holds, of those that were and those that come. */
  readonly fault: (holds: (problem: WatchProblem) => boolean) => Promise<WatchProblem>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** Watches the data of every config map of a namespace but the one Kubernetes puts there, in pages of two. */
export const startWatched = (transport: Transport, namespace: string): Watched => {
  const end = new AbortController();
  const problems: WatchProblem[] = [];
  const said = new EventEmitter().setMaxListeners(0);
  const informer = startInformer<Data>(
    {
      transport,
      resource: configMaps,
      project: ({ metadata, data }) => (metadata.name === "kube-root-ca.crt" ? undefined : ((data ?? {}) as Data)),
      // While the API server is away waits double; tests of what comes after need not sit them out.
      timers: { ...clock, sleep: (ms, signal) => clock.sleep(Math.min(ms, 300), signal) },
      report: (_resource, problem) => {
        problems.push(problem);
        said.emit("problem");
      },
      selection: { namespace, limit: 2 },
    },
    end.signal,
  );
  const fault = async (holds: (problem: WatchProblem) => boolean): Promise<WatchProblem> => {
    const found = problems.find(holds);
    if (found !== undefined) return found;
    await once(said, "problem");
    return fault(holds);
  };
  return {
    ...informer,
    problems,
    fault,
    [Symbol.asyncDispose]: () => {
      end.abort();
      return informer.done;
    },
  };
};

/** Ways to change config maps of a namespace, each with one datum. */
export const changes = (transport: Transport, namespace: string) => ({
  put: (name: string, x: string): Promise<KubeObject> =>
    apply(transport, configMaps, configMap(namespace, name, { x }), { fieldManager: "test" }),
  drop: (name: string): Promise<void> => remove(transport, configMaps, { namespace, name }),
});
