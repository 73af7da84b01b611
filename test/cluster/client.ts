import type { Discovery } from "./discovery.ts";
import type { Query } from "./follow.ts";
import { follow, SeeFailed } from "./follow.ts";
import type { Kind, KubeObject, Manifest, Ref } from "./objects.ts";
import type { Answer, Call, Transport } from "./transport.ts";

export type Writing = {
  readonly dryRun?: boolean;
  readonly subresource?: string;
  readonly fieldManager?: string;
  readonly fieldValidation?: "Strict" | "Warn" | "Ignore";
};
export type Deleting = {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: "Foreground" | "Background" | "Orphan";
  readonly uid?: string;
  readonly dryRun?: boolean;
};
/** `describe` completes "waited for"; the deadline is generous (60 s) because a passing test never meets it. */
export type Waiting = { readonly describe: string; readonly deadlineMs?: number };
export type Listing = Query & { readonly namespace?: string };
export type PatchType = "merge" | "strategic" | "json";

/** One identity's view of the API server. Answers carry the status, so that a test can read a denial. */
export type Client = {
  get<T = KubeObject>(target: Ref, options?: { readonly subresource?: string }): Promise<Answer<T>>;
  list<T = KubeObject>(kind: Kind, options?: Listing): Promise<Answer<{ readonly items: readonly T[] }>>;
  create<T = KubeObject>(object: Manifest, options?: Writing): Promise<Answer<T>>;
  update<T = KubeObject>(object: Manifest, options?: Writing): Promise<Answer<T>>;
  patch<T = KubeObject>(
    target: Ref,
    patch: unknown,
    options?: Writing & { readonly type?: PatchType },
  ): Promise<Answer<T>>;
  /** Server-side apply. */
  apply<T = KubeObject>(
    object: Manifest,
    options: Writing & { readonly fieldManager: string; readonly force?: boolean },
  ): Promise<Answer<T>>;
  delete(target: Ref, options?: Deleting): Promise<Answer<KubeObject>>;
  /** Watches until the object is there and the condition holds; rejects at the deadline with what was last seen. */
  until<T = KubeObject>(target: Ref, condition: (object: T) => boolean, waiting: Waiting): Promise<T>;
  untilGone(target: Ref, waiting: Waiting): Promise<void>;
  untilList<T = KubeObject>(
    kind: Kind,
    condition: (objects: readonly T[]) => boolean,
    waiting: Waiting & Listing,
  ): Promise<readonly T[]>;
  /** Watches for as long as the signal lives; `see` gets every state of the collection. */
  follow(
    kind: Kind,
    see: (objects: readonly KubeObject[]) => void,
    options: Listing & { readonly signal: AbortSignal },
  ): Promise<void>;
  /** Any request as it is: `body` strings are sent byte for byte. */
  send<T = KubeObject>(call: Call): Promise<Answer<T>>;
  close(): Promise<void>;
};

const contentTypes = {
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  json: "application/json-patch+json",
} as const;

const options = ({ dryRun, fieldManager, fieldValidation }: Writing) => ({
  dryRun: dryRun ? "All" : undefined,
  fieldManager,
  fieldValidation,
});
const single = (target: Ref) => ({ fieldSelector: `metadata.name=${target.metadata.name}` });

/** A client over one transport; kinds are looked up by `discovery`. */
export const makeClient = (transport: Transport, discovery: Discovery): Client => {
  const collection = async (kind: Kind, namespace?: string): Promise<string> => {
    const { base, plural, namespaced } = await discovery(kind);
    return namespaced && namespace !== undefined ? `${base}/namespaces/${namespace}/${plural}` : `${base}/${plural}`;
  };
  const one = async (target: Ref, subresource?: string): Promise<string> => {
    if (!target.metadata.name) throw new Error(`a ${target.kind} without a name cannot be addressed`);
    const { namespaced } = await discovery(target);
    const path = await collection(target, namespaced ? (target.metadata.namespace ?? "default") : undefined);
    return `${path}/${target.metadata.name}${subresource ? `/${subresource}` : ""}`;
  };
  const watch = async (
    path: string,
    query: Query,
    { describe, deadlineMs = 60_000 }: Waiting,
    see: (objects: readonly KubeObject[]) => boolean,
  ): Promise<void> => {
    const signal = AbortSignal.timeout(deadlineMs);
    let last: readonly KubeObject[] | undefined;
    let held = false;
    const look = (objects: readonly KubeObject[]): boolean => {
      last = objects;
      try {
        held = see(objects);
      } catch (problem) {
        throw new SeeFailed(problem);
      }
      return held;
    };
    await follow(transport, path, query, look, signal);
    if (!held) throw new Error(`waited ${deadlineMs / 1000} s for this: ${describe}; last seen: ${summary(last)}`);
  };

  const client: Client = {
    send: transport.send,
    close: transport.close,
    get: async (target, { subresource } = {}) =>
      transport.send({ method: "GET", path: await one(target, subresource) }),
    list: async (kind, { namespace, ...query } = {}) =>
      transport.send({ method: "GET", path: await collection(kind, namespace), query }),
    async create(object, writing = {}) {
      const namespace = (await discovery(object)).namespaced ? (object.metadata.namespace ?? "default") : undefined;
      const path = writing.subresource ? await one(object, writing.subresource) : await collection(object, namespace);
      return transport.send({ method: "POST", path, body: object, query: options(writing) });
    },
    update: async (object, writing = {}) =>
      transport.send({
        method: "PUT",
        path: await one(object, writing.subresource),
        body: object,
        query: options(writing),
      }),
    patch: async (target, body, { type = "merge", ...writing } = {}) =>
      transport.send({
        method: "PATCH",
        path: await one(target, writing.subresource),
        body,
        contentType: contentTypes[type],
        query: options(writing),
      }),
    apply: async (object, { force, ...writing }) =>
      transport.send({
        method: "PATCH",
        path: await one(object, writing.subresource),
        body: object,
        contentType: "application/apply-patch+yaml",
        query: { ...options(writing), force },
      }),
    delete: async (target, { uid, dryRun, gracePeriodSeconds, propagationPolicy } = {}) =>
      transport.send({
        method: "DELETE",
        path: await one(target),
        body: {
          apiVersion: "v1",
          kind: "DeleteOptions",
          gracePeriodSeconds,
          propagationPolicy,
          ...(uid ? { preconditions: { uid } } : {}),
          ...(dryRun ? { dryRun: ["All"] } : {}),
        },
      }),
    async until<T>(target: Ref, holds: (object: T) => boolean, waiting: Waiting): Promise<T> {
      const all = await client.untilList<T>(target, ([object]) => object !== undefined && holds(object), {
        ...waiting,
        ...single(target),
        ...(await home(target)),
      });
      const [found] = all;
      if (found === undefined) throw new Error(`${waiting.describe}: nothing was found`);
      return found;
    },
    async untilGone(target, waiting) {
      await client.untilList(target, (objects) => objects.length === 0, {
        ...waiting,
        ...single(target),
        ...(await home(target)),
      });
    },
    async untilList<T>(
      kind: Kind,
      holds: (objects: readonly T[]) => boolean,
      { namespace, labelSelector, fieldSelector, ...waiting }: Waiting & Listing,
    ) {
      let seen: readonly T[] = [];
      const query = { ...(labelSelector ? { labelSelector } : {}), ...(fieldSelector ? { fieldSelector } : {}) };
      await watch(await collection(kind, namespace), query, waiting, (objects) => {
        // T is what the caller says the API server sends for this kind; there is nothing to check it against.
        seen = objects as readonly unknown[] as readonly T[];
        return holds(seen);
      });
      return seen;
    },
    async follow(kind, see, { namespace, signal, ...query }) {
      const look = (objects: readonly KubeObject[]): boolean => {
        try {
          see(objects);
        } catch (problem) {
          throw new SeeFailed(problem);
        }
        return signal.aborted;
      };
      await follow(transport, await collection(kind, namespace), query, look, signal);
    },
  };
  const home = async (target: Ref) =>
    (await discovery(target)).namespaced ? { namespace: target.metadata.namespace ?? "default" } : {};
  return client;
};

/** The body of an answer that must be good; throws the API server's sentence otherwise. */
export const must = async <T>(answer: Promise<Answer<T>>): Promise<T> => {
  const { ok, body, status, message } = await answer;
  if (!ok) throw new Error(`${status}: ${message}`);
  return body;
};

const summary = (objects: readonly KubeObject[] | undefined): string => {
  if (objects === undefined) return "nothing: the API server did not answer";
  if (objects.length === 0) return "no such object";
  const parts = objects.map(({ kind, metadata, spec, status }) => {
    const { managedFields: _, ...rest } = metadata;
    return JSON.stringify({ kind, metadata: rest, spec, status });
  });
  return parts.join("\n").slice(0, 4_000);
};
