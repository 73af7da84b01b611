import { EventEmitter, once } from "node:events";
import type { TestContext } from "node:test";
import { apiServerUrl } from "../cluster/addresses.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { KubeObject } from "../cluster/objects.ts";
import { openTransport, type Call } from "../cluster/transport.ts";

/** One change as it was stored. Revisions are etcd's, so they order changes of all kinds. */
export type Change = {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly revision: number;
  readonly object: KubeObject;
};

/** Every change from the moment it was begun. */
export type History = {
  /** So far, oldest first. */
  readonly changes: () => readonly Change[];
  /** Resolves when a change like this one has been seen, with the first of them. */
  readonly until: (holds: (change: Change) => boolean, describe: string) => Promise<Change>;
};

/** Watches collections (`/api/v1/namespaces/shop/pods`) until the test ends; what was there before is not history. */
export const beginHistory = async (
  context: Pick<TestContext, "after">,
  cluster: Cluster,
  paths: readonly string[],
): Promise<History> => {
  const { session } = cluster;
  const transport = openTransport(apiServerUrl, session.authority.cert, { certificate: session.admin });
  const ending = new AbortController();
  const changes: Change[] = [];
  const told = new EventEmitter();

  const follow = async (path: string, resourceVersion: string): Promise<void> => {
    const call: Call = { method: "GET", path, query: { watch: true, resourceVersion } };
    for await (const event of transport.stream(call, ending.signal)) {
      const { type, object } = event as { readonly type: Change["type"]; readonly object: KubeObject };
      changes.push({ type, object, revision: Number(object.metadata.resourceVersion) });
      told.emit("change");
    }
  };

  const start = async (path: string): Promise<string> => {
    type List = { readonly metadata: { readonly resourceVersion: string } };
    const { ok, body, message } = await transport.send<List>({ method: "GET", path, query: { limit: 1 } });
    if (!ok) throw new Error(`${path}: ${message}`);
    return body.metadata.resourceVersion;
  };
  const starts = await Promise.all(paths.map(start));
  const following = paths.map((path, index) =>
    follow(path, starts[index] ?? "").catch((problem: unknown) => {
      if (!ending.signal.aborted) throw problem;
    }),
  );

  context.after(async () => {
    ending.abort();
    await Promise.all(following);
    await transport.close();
  });

  const inOrder = (): readonly Change[] => changes.toSorted((a, b) => a.revision - b.revision);
  return {
    changes: inOrder,
    async until(holds, describe) {
      const deadline = AbortSignal.timeout(60_000);
      for (;;) {
        const found = inOrder().find(holds);
        if (found !== undefined) return found;
        await once(told, "change", { signal: deadline }).catch(() => {
          throw new Error(`waited 60 s for this: ${describe}; last seen: ${JSON.stringify(changes.at(-1)?.object)}`);
        });
      }
    },
  };
};

/** Whether a change is of this kind and name. */
export const isOf =
  (type: Change["type"], kind: string, name?: string) =>
  ({ type: seen, object }: Change): boolean =>
    seen === type && object.kind === kind && (name === undefined || object.metadata.name === name);
