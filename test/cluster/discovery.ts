import type { Kind } from "./objects.ts";
import { answers } from "./ready.ts";
import type { Transport } from "./transport.ts";

/** Where a kind is served: its plural and whether its objects live in namespaces. */
export type Resource = { readonly base: string; readonly plural: string; readonly namespaced: boolean };

export type Discovery = (kind: Kind) => Promise<Resource>;

/** Looks kinds up in the API server's own list, once each; a kind whose CRD is new may take a moment to be served. */
export const discover = (transport: Transport): Discovery => {
  const known = new Map<string, Promise<Resource>>();
  const find = async ({ apiVersion, kind }: Kind): Promise<Resource> => {
    const base = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    let found: Resource | undefined;
    await answers(
      async () => {
        const { body } = await transport.send<{ readonly resources?: readonly Entry[] }>({ method: "GET", path: base });
        const entry = body.resources?.find((each) => each.kind === kind && !each.name.includes("/"));
        if (entry) found = { base, plural: entry.name, namespaced: entry.namespaced };
        return found !== undefined;
      },
      15_000,
      `the API server serves no ${kind} in ${apiVersion}: it`,
    );
    if (found === undefined) throw new Error(`${apiVersion} ${kind} is not served`);
    return found;
  };
  return (kind) => {
    const key = `${kind.apiVersion} ${kind.kind}`;
    const lookup = known.get(key) ?? find(kind);
    known.set(key, lookup);
    lookup.catch(() => known.delete(key));
    return lookup;
  };
};

type Entry = { readonly name: string; readonly kind: string; readonly namespaced: boolean };
