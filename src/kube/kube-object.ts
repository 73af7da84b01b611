import type { ObjectMeta } from "../api/kubernetes.ts";

/** Any object of the API server, as JSON. Reads trust the API server for this much and no more. */
export type KubeObject = {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
};

/** Whether a value has the metadata that every object has. */
export const isObject = (value: unknown): value is KubeObject =>
  typeof value === "object" &&
  value !== null &&
  "metadata" in value &&
  typeof value.metadata === "object" &&
  value.metadata !== null;
