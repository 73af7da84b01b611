import { field, text, texts } from "./json.ts";

/** What every projection keeps of an object's metadata. */
export type Metadata = {
  readonly name: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  readonly deleting: boolean;
  readonly finalizers: readonly string[];
  /** Milliseconds since 1970; 0 if unreadable. */
  readonly created: number;
  readonly labels: unknown;
};

/** Metadata of an object from the API server, or undefined for anything without a name and a uid. */
export const metadataOf = (raw: unknown): Metadata | undefined => {
  const metadata = field(raw, "metadata");
  const name = text(field(metadata, "name"));
  const uid = text(field(metadata, "uid"));
  if (name === undefined || uid === undefined) return undefined;
  const generation = field(metadata, "generation");
  return {
    name,
    namespace: text(field(metadata, "namespace")) ?? "",
    uid,
    resourceVersion: text(field(metadata, "resourceVersion")) ?? "",
    generation: typeof generation === "number" ? generation : 0,
    deleting: text(field(metadata, "deletionTimestamp")) !== undefined,
    finalizers: texts(field(metadata, "finalizers")),
    created: Date.parse(text(field(metadata, "creationTimestamp")) ?? "") || 0,
    labels: field(metadata, "labels"),
  };
};
