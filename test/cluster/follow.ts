import { setTimeout as pause } from "node:timers/promises";
import type { KubeObject } from "./objects.ts";
import type { Call, Transport } from "./transport.ts";

export type Query = { readonly labelSelector?: string; readonly fieldSelector?: string };

/**
 * Lists, then watches, and hands every state of the collection to `see` until it says true or the signal aborts.
 * Survives what tests do to API servers: broken connections, 410, restarts.
 */
export const follow = async (
  transport: Transport,
  path: string,
  query: Query,
  see: (objects: readonly KubeObject[]) => boolean,
  signal: AbortSignal,
): Promise<void> => {
  const call: Call = { method: "GET", path, query };
  while (!signal.aborted) {
    try {
      const { ok, body, message } = await transport.send<List>(call);
      if (!ok) throw new Error(message);
      // Items of a list carry no kind of their own.
      const kind = { apiVersion: body.apiVersion, kind: body.kind.replace(/List$/, "") };
      const objects = new Map((body.items ?? []).map((item) => [key(item), { ...item, ...kind }]));
      if (see([...objects.values()])) return;
      const watch = {
        ...call,
        query: { ...query, watch: true, allowWatchBookmarks: true, resourceVersion: body.metadata.resourceVersion },
      };
      for await (const event of transport.stream(watch, signal)) {
        const { type, object } = event as { readonly type: string; readonly object: KubeObject };
        if (type === "ERROR") break;
        if (type === "BOOKMARK") continue;
        if (type === "DELETED") objects.delete(key(object));
        else objects.set(key(object), object);
        if (see([...objects.values()])) return;
      }
    } catch (problem) {
      if (problem instanceof SeeFailed) throw problem.cause;
      if (signal.aborted) return;
      // The API server is away: there is nothing to watch until it is back.
      await pause(100, undefined, { signal }).catch(() => {});
    }
  }
};

/** Wrap what `see` throws in this to end `follow` with it; anything else is taken for a broken connection. */
export class SeeFailed extends Error {
  constructor(cause: unknown) {
    super("a condition failed", { cause });
  }
}

type List = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly items?: readonly KubeObject[];
  readonly metadata: { readonly resourceVersion: string };
};

const key = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ""}/${metadata.name}`;
