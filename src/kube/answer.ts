import { KubeError } from "./failure.ts";
import { isObject } from "./kube-object.ts";
import type { Resource } from "./resource.ts";

// A balancer in between may answer 200 with a page of its own. Read as an empty list it would empty a store, and read
// as a Lease it would make a leader, so an answer that does not say it is what was asked for is a failure.

/** One page of a list: `next` is the token that the page after it is asked for with; the last page has none. */
export type ListPage<T> = { readonly items: readonly T[]; readonly version: string; readonly next?: string };

/** An answer as the object of `resource` that it claims to be; a KubeError `malformed` when it claims something else. */
export const expectObject = <T>(answer: unknown, { kind }: Resource, request: string): T => {
  if (isObject(answer) && answer.kind === kind) return answer as T;
  throw malformed(`the answer is no ${kind}: ${excerpt(answer)}`, request);
};

/** An answer as a page of a list of `resource`; a KubeError `malformed` when it is none. */
export const expectPage = <T>(answer: unknown, { kind }: Resource, request: string): ListPage<T> => {
  const { resourceVersion, continue: next } = (isObject(answer) ? answer.metadata : {}) as {
    readonly resourceVersion?: string;
    readonly continue?: string;
  };
  const list = (isObject(answer) ? answer : {}) as { readonly kind?: string; readonly items?: unknown };
  const items = list.items ?? [];
  if (list.kind !== `${kind}List` || !resourceVersion || !areObjects<T>(items))
    throw malformed(`the answer is no list of ${kind}: ${excerpt(answer)}`, request);
  return { items, version: resourceVersion, ...(next ? { next } : {}) };
};

const areObjects = <T>(items: unknown): items is readonly T[] => Array.isArray(items) && items.every(isObject);

const malformed = (message: string, request: string): KubeError =>
  new KubeError({ kind: "malformed", message }, request);

/** Names of fields, never their values: what came may be a Secret. */
const excerpt = (answer: unknown): string =>
  typeof answer === "object" && answer !== null
    ? `an object of ${Object.keys(answer).slice(0, 10).join(", ")}`
    : typeof answer;
