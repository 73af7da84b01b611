/** What names a kind: both as in a manifest. */
export type Kind = { readonly apiVersion: string; readonly kind: string };

type Naming = { readonly name?: string; readonly namespace?: string; readonly generateName?: string };

/** What names one object; every manifest is one. */
export type Ref = Kind & { readonly metadata: Naming };

/** An object as a test writes it. */
export type Manifest = Ref | (Kind & { readonly metadata: Metadata; readonly [field: string]: unknown });

/** An object as the API server sends it, when a test has no closer type (`V1Pod` of @kubernetes/client-node is one). */
export type KubeObject = Kind & {
  readonly metadata: Metadata;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
};

export type Metadata = {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
};

/** Names an object: `ref("v1", "Pod", "web-0", "shop")`; without a namespace for cluster-scoped kinds. */
export const ref = (apiVersion: string, kind: string, name: string, namespace?: string): Ref => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
});

/** Reads a dotted path ("status.podIP", "spec.containers.0.image"); undefined where the path ends early. */
export const field = (object: unknown, path: string): unknown => {
  let at = object;
  for (const key of path.split(".")) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[key];
  }
  return at;
};

/** The status ("True", "False", "Unknown") of a condition in status.conditions, undefined when it is not there. */
export const condition = (object: unknown, type: string): string | undefined => {
  const conditions = field(object, "status.conditions");
  if (!Array.isArray(conditions)) return undefined;
  return (conditions as readonly { type?: string; status?: string }[]).find((entry) => entry.type === type)?.status;
};
