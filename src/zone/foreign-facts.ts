import { isSetKind, type PolicyKind } from "../api/policy-kinds.ts";
import type { ForeignPolicy } from "./facts.ts";
import { field, isObject, textEntries } from "./json.ts";
import { metadataOf } from "./metadata.ts";

/** What is kept of a policy of this kind, or of a set of addresses: what the prover reads of it, as it was written. */
export const projectForeign =
  ({ group, version, kind }: PolicyKind) =>
  (raw: unknown): ForeignPolicy | undefined => {
    const metadata = metadataOf(raw);
    if (metadata === undefined) return undefined;
    const { namespace, name, uid } = metadata;
    const [spec, specs] = [field(raw, "spec"), field(raw, "specs")];
    return {
      apiVersion: `${group}/${version}`,
      kind,
      namespace,
      name,
      uid,
      // Only of sets do labels decide anything; kept of policies they would make each label a change.
      labels: isSetKind({ kind }) ? setLabels(field(raw, "metadata")) : {},
      spec,
      ...(specs === undefined ? {} : { specs }),
    };
  };

/** The labels of a set as Calico reads them: its API server keeps them in an annotation of what it stores. */
export const setLabels = (metadata: unknown): Readonly<Record<string, string>> => ({
  ...textEntries(field(metadata, "labels")),
  ...textEntries(field(annotated(metadata), "labels")),
});

function annotated(metadata: unknown): unknown {
  const kept = field(field(metadata, "annotations"), "projectcalico.org/metadata");
  if (typeof kept !== "string") return undefined;
  try {
    const read: unknown = JSON.parse(kept);
    return isObject(read) ? read : undefined;
  } catch {
    // Calico reads no such object either.
    return undefined;
  }
}

/**
 * Whether something says by labels of its own that it is in a namespace, which Calico believes: of a namespace's labels it
 * makes labels of what is in it, and what is written there by hand counts before them.
 */
export const claimsNamespace = (labels: Readonly<Record<string, string>>): boolean =>
  Object.keys(labels).some((key) => key.startsWith(madeUp) || key === ownNamespaceLabel);

/** How Calico's labels begin that stand for a namespace's. */
export const madeUp = "pcns.";

/** The label of Calico's with the name of the namespace that something is in. */
export const ownNamespaceLabel = "projectcalico.org/namespace";

/** Whether a policy concerns namespaces besides its own, so that it has to be judged for every zone. */
export const reachesFar = ({ namespace, labels }: Pick<ForeignPolicy, "namespace" | "labels">): boolean =>
  namespace === "" || claimsNamespace(labels);
