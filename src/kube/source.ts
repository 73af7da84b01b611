import { KubeError, failureOfStatus } from "./failure.ts";
import { isObject } from "./kube-object.ts";
import type { KubeObject } from "./kube-object.ts";
import { listPage, pageLimit } from "./objects.ts";
import type { ListOptions } from "./objects.ts";
import { collectionPath, keyOf } from "./resource.ts";
import type { Resource } from "./resource.ts";
import type { Transport } from "./transport.ts";
import type { Source, SourceEvent } from "./watch-source.ts";

/** An object cut down to the fields that are read; undefined leaves it out. It must not throw. */
export type Project<T> = (object: KubeObject) => T | undefined;

/** Which objects of a resource are read. */
export type Selection = Omit<ListOptions, "signal">;

/** A Source over the API server: pages are projected as they come, so that whole objects never pile up. `random` spreads the ends of watches. */
export const sourceOf = <T>(
  transport: Transport,
  resource: Resource,
  project: Project<T>,
  random: () => number,
  selection: Selection = {},
): Source<T> => {
  const path = collectionPath(resource, selection.namespace);
  const { labelSelector, fieldSelector } = selection;
  return {
    limit: selection.limit ?? pageLimit,
    page: async (limit, after, signal) => {
      const { items, version, next } = await listPage(transport, resource, { ...selection, limit, signal }, after);
      const objects = items.flatMap((object): readonly (readonly [string, T])[] => {
        const value = project(object);
        return value === undefined ? [] : [[keyOfObject(object), value]];
      });
      return { objects, version, ...(next === undefined ? {} : { next }) };
    },
    watch: async (version, signal) => {
      // Four to eight minutes, or every watch of every replica would end in the same second.
      const timeoutSeconds = 240 + Math.floor(random() * 240);
      const query = {
        watch: 1,
        allowWatchBookmarks: true,
        resourceVersion: version,
        timeoutSeconds,
        labelSelector,
        fieldSelector,
      };
      return readEvents(await transport.stream(path, query, signal), project, path);
    },
  };
};

async function* readEvents<T>(
  lines: AsyncIterable<unknown>,
  project: Project<T>,
  path: string,
): AsyncGenerator<SourceEvent<T>> {
  for await (const line of lines) yield readEvent(line, project, path);
}

const readEvent = <T>(line: unknown, project: Project<T>, path: string): SourceEvent<T> => {
  const { type, object } = (typeof line === "object" && line !== null ? line : {}) as {
    type?: unknown;
    object?: unknown;
  };
  if (type === "ERROR") throw new KubeError(failureOfStatus(object), `GET ${path} (watch)`);
  const version = isObject(object) ? object.metadata.resourceVersion : undefined;
  if (!isObject(object) || version === undefined) throw malformed(path);
  switch (type) {
    case "ADDED":
    case "MODIFIED":
      return { version, event: { kind: "applied", key: keyOfObject(object), value: project(object) } };
    case "DELETED":
      return { version, event: { kind: "deleted", key: keyOfObject(object) } };
    case "BOOKMARK":
      return { version, event: { kind: "heard" } };
    default:
      throw malformed(path);
  }
};

const malformed = (path: string): KubeError =>
  new KubeError({ kind: "malformed", message: "the watch sent something that is no event" }, `GET ${path} (watch)`);

const keyOfObject = ({ metadata: { name = "", namespace } }: KubeObject): string =>
  keyOf(namespace === undefined ? { name } : { namespace, name });
