import { expectObject, expectPage } from "./answer.ts";
import type { ListPage } from "./answer.ts";
import type { KubeObject } from "./kube-object.ts";
import { apiVersionOf, collectionPath, objectPath } from "./resource.ts";
import type { Place, Resource } from "./resource.ts";
import type { Method, Query, RequestOptions, Transport } from "./transport.ts";

/** All pages, joined: all objects, and the version a watch goes on from. */
export type Listed<T> = { readonly items: readonly T[]; readonly version: string };

/** Which objects are listed; without a namespace those of the whole cluster. */
export type ListOptions = {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Objects per page. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
};

/** Reads one object; a KubeError `notFound` when it is not there. */
export const get = <T = KubeObject>(
  transport: Transport,
  resource: Resource,
  place: Place,
  signal?: AbortSignal,
): Promise<T> => ask<T>(transport, resource, "GET", objectPath(resource, place), signal ? { signal } : {});

/**
 * Objects per page. client-go asks for 500, and a page of those is megabytes of text that a heap grows by and never
 * gives back: 10,000 pods took 280 MiB, and a hundred at a time 210 (135 since V8 is told to collect early).
 */
export const pageLimit = 100;

/** One page of a list: the first, or the one that `next` of another stands for. A KubeError `gone` when it comes too late for its snapshot. */
export const listPage = async <T = KubeObject>(
  transport: Transport,
  resource: Resource,
  { namespace, labelSelector, fieldSelector, limit = pageLimit, signal }: ListOptions = {},
  next?: string,
): Promise<ListPage<T>> => {
  const path = collectionPath(resource, namespace);
  const answer = await transport.request("GET", path, {
    query: { labelSelector, fieldSelector, limit, continue: next },
    ...(signal ? { signal } : {}),
  });
  return expectPage<T>(answer, resource, `GET ${path}`);
};

/** Every object of a list, page by page, all of one snapshot. Items of a list carry no kind or apiVersion. */
export const list = async <T = KubeObject>(
  transport: Transport,
  resource: Resource,
  options: ListOptions = {},
): Promise<Listed<T>> => {
  const items: T[] = [];
  let page: ListPage<T>;
  let next: string | undefined;
  do {
    page = await listPage<T>(transport, resource, options, next);
    items.push(...page.items);
    next = page.next;
  } while (next !== undefined);
  return { items, version: page.version };
};

/** Creates an object and gives it as stored; kind and apiVersion are filled in. A KubeError `alreadyExists` when the name is taken. */
export const create = <T = KubeObject>(
  transport: Transport,
  resource: Resource,
  object: KubeObject,
  signal?: AbortSignal,
): Promise<T> =>
  ask<T>(transport, resource, "POST", collectionPath(resource, object.metadata.namespace), {
    body: typed(resource, object),
    ...(signal ? { signal } : {}),
  });

/** Asks what would become of posting `body` to a subresource; nothing is stored. A KubeError is the refusal. */
export const postDryRun = (
  transport: Transport,
  resource: Resource,
  place: Place,
  subresource: string,
  body: KubeObject,
  signal: AbortSignal,
): Promise<unknown> =>
  transport.request("POST", objectPath(resource, place, subresource), { query: dryRunQuery(true), body, signal });

/** Who applies; `force` takes fields over from other managers. */
export type ApplyOptions = {
  readonly fieldManager: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
};

/** Server-side apply of the fields in `object`, which creates where nothing stands, unless metadata.uid is given. A KubeError `conflict` names the fields of other managers, unless forced. */
export const apply = <T = KubeObject>(
  transport: Transport,
  resource: Resource,
  object: KubeObject,
  options: ApplyOptions,
): Promise<T> => applyAt<T>(transport, resource, object, options);

/** Server-side apply of `object.status`. */
export const applyStatus = <T = KubeObject>(
  transport: Transport,
  resource: Resource,
  object: KubeObject,
  options: ApplyOptions,
): Promise<T> => applyAt<T>(transport, resource, object, options, "status");

const applyAt = <T>(
  transport: Transport,
  resource: Resource,
  object: KubeObject,
  { fieldManager, force = false, dryRun = false, signal }: ApplyOptions,
  subresource?: string,
): Promise<T> =>
  ask<T>(transport, resource, "PATCH", objectPath(resource, placeOf(object), subresource), {
    query: { fieldManager, force, ...dryRunQuery(dryRun) },
    body: typed(resource, object),
    contentType: "application/apply-patch+yaml",
    ...(signal ? { signal } : {}),
  });

/** One step of RFC 6902. */
export type PatchStep =
  | { readonly op: "add" | "replace" | "test"; readonly path: string; readonly value: unknown }
  | { readonly op: "remove"; readonly path: string };

/** Who patches, and which subresource. */
export type PatchOptions = {
  readonly fieldManager?: string;
  readonly subresource?: string;
  readonly signal?: AbortSignal;
};

/** JSON Patch, whole or not at all. A failed `test` is a KubeError `invalid`. */
export const jsonPatch = <T = KubeObject>(
  transport: Transport,
  resource: Resource,
  place: Place,
  steps: readonly PatchStep[],
  { fieldManager, subresource, signal }: PatchOptions = {},
): Promise<T> =>
  ask<T>(transport, resource, "PATCH", objectPath(resource, place, subresource), {
    query: { fieldManager },
    body: steps,
    contentType: "application/json-patch+json",
    ...(signal ? { signal } : {}),
  });

/** Replaces an object; with metadata.resourceVersion a KubeError `conflict` when it changed since. */
export const replace = <T = KubeObject>(
  transport: Transport,
  resource: Resource,
  object: KubeObject,
  signal?: AbortSignal,
): Promise<T> =>
  ask<T>(transport, resource, "PUT", objectPath(resource, placeOf(object)), {
    body: typed(resource, object),
    ...(signal ? { signal } : {}),
  });

/** What the object must still be when it is deleted. */
export type RemoveOptions = { readonly uid?: string; readonly resourceVersion?: string; readonly signal?: AbortSignal };

/** Deletes an object in the background; with uid or resourceVersion only if it still has them, else a KubeError `conflict`. */
export const remove = async (
  transport: Transport,
  resource: Resource,
  place: Place,
  { uid, resourceVersion, signal }: RemoveOptions = {},
): Promise<void> => {
  const preconditions = {
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
  await transport.request("DELETE", objectPath(resource, place), {
    body: { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: "Background", preconditions },
    ...(signal ? { signal } : {}),
  });
};

/** A JSON Pointer from its steps, each escaped as RFC 6901 asks. */
export const pointer = (...steps: readonly string[]): string =>
  steps.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

const ask = async <T>(
  transport: Transport,
  resource: Resource,
  method: Method,
  path: string,
  options: RequestOptions,
): Promise<T> => expectObject<T>(await transport.request(method, path, options), resource, `${method} ${path}`);

const typed = (resource: Resource, object: KubeObject): KubeObject => ({
  ...object,
  apiVersion: apiVersionOf(resource),
  kind: resource.kind,
});

const dryRunQuery = (dryRun: boolean): Query => (dryRun ? { dryRun: "All" } : {});

const placeOf = ({ metadata }: KubeObject): Place => ({
  name: metadata.name ?? "",
  ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
});
