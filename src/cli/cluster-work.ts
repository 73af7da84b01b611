import { failedWith, unlessGone } from "../kube/failure.ts";
import { startInformer } from "../kube/informer.ts";
import type { KubeObject } from "../kube/kube-object.ts";
import { create, remove, type ListOptions } from "../kube/objects.ts";
import { objectPath, type Place, type Resource } from "../kube/resource.ts";
import { resources } from "../kube/resources.ts";
import type { Project } from "../kube/source.ts";
import type { Transport } from "../kube/transport.ts";
import { clock } from "../ops/clock.ts";
import { Stop } from "./stop.ts";

/** What one verb alone does in a cluster besides asking: it makes an object, waits for it and takes it away. May throw Stop. */
export type ClusterWork = {
  /** Gives the object as stored. */
  readonly create: (resource: Resource, object: KubeObject) => Promise<KubeObject>;
  /** Deletes an object and, in the background, what it owns; one that is gone is none the worse. */
  readonly remove: (resource: Resource, place: Place) => Promise<void>;
  /** What `find` finds among the objects of a selection, as soon as it finds anything; the signal's reason when that ends first. */
  readonly until: <T, R>(
    resource: Resource,
    project: Project<T>,
    selection: Pick<ListOptions, "namespace" | "labelSelector">,
    find: (objects: readonly T[]) => R | undefined,
    signal: AbortSignal,
  ) => Promise<R>;
  /** What a pod's container printed, which has to be one JSON value. */
  readonly printed: (place: Place) => Promise<unknown>;
};

/** How a question is put, so that a failure becomes a sentence. */
type Asked = <T>(verb: string, resource: Resource, work: () => Promise<T>) => Promise<T>;

/** The same way to the API server as the verbs that ask. */
export const workIn = (transport: Transport, asked: Asked): ClusterWork => ({
  create: (resource, object) =>
    asked("create", resource, async () => {
      try {
        return await create(transport, resource, object);
      } catch (problem) {
        // Admission and quotas say what they want, and nobody else can.
        if (failedWith(problem, "forbidden", "invalid"))
          throw new Stop("unanswered", `${problem.failure.message}.`, { cause: problem });
        throw problem;
      }
    }),
  remove: (resource, place) =>
    asked("delete", resource, async () => void (await unlessGone(remove(transport, resource, place)))),
  until: async (resource, project, selection, find, signal) => {
    const over = new AbortController();
    const found = Promise.withResolvers<NonNullable<ReturnType<typeof find>>>();
    const { store, done } = startInformer(
      {
        transport,
        resource,
        project,
        selection,
        timers: clock,
        report: (_resource, { cause, message }) => {
          if (cause === "forbidden" || cause === "unauthorized")
            found.reject(new Stop("unanswered", `you may not list and watch ${resource.plural}: ${message}.`));
        },
      },
      AbortSignal.any([signal, over.signal]),
    );
    const look = (): void => {
      const one = find([...store.view.values()]);
      if (one !== undefined && one !== null) found.resolve(one);
    };
    const end = (): void => found.reject(signal.reason);
    store.subscribe(look);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    try {
      return await found.promise;
    } finally {
      signal.removeEventListener("abort", end);
      over.abort();
      await done;
    }
  },
  printed: (place) =>
    asked("get", resources.pods, () => transport.request("GET", objectPath(resources.pods, place, "log"))),
});
