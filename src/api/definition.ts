import type { Static, TSchema } from "typebox";

/** A column of `kubectl get`. */
export type Column = {
  readonly name: string;
  readonly type: "string" | "integer" | "date";
  readonly jsonPath: string;
  readonly description?: string;
};

/** One resource: its names, its schema (the source of type, CRD and reference) and its columns. */
export type Definition<T extends TSchema = TSchema> = {
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortName: string;
  /** An object with `spec` and `status`; fields with a default are required here, for they are always stored. */
  readonly schema: T;
  readonly columns: readonly Column[];
};

/** The type of a resource as the API server stores it. */
export type Stored<D> = D extends Definition<infer T> ? Static<T> : never;
