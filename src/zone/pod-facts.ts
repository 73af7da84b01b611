import { nodeLabelValue, zoneOfNodeLabel } from "../api/names.ts";
import type { PodFacts } from "./facts.ts";
import { field, text, textEntries } from "./json.ts";
import { metadataOf } from "./metadata.ts";

/** What is kept of a Pod; undefined for what is no object of the API server. */
export const projectPod = (raw: unknown): PodFacts | undefined => {
  const metadata = metadataOf(raw);
  if (metadata === undefined) return undefined;
  const spec = field(raw, "spec");
  const phase = field(field(raw, "status"), "phase");
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
    node: text(field(spec, "nodeName")),
    selects: Object.entries(textEntries(field(spec, "nodeSelector"))).flatMap(([key, value]) =>
      value === nodeLabelValue ? (zoneOfNodeLabel(key) ?? []) : [],
    ),
    ended: phase === "Succeeded" || phase === "Failed",
  };
};
