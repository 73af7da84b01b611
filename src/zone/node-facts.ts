import { topologyLabels, virtualNodeLabels, zoneOfNodeLabel } from "../api/names.ts";
import type { NodeFacts } from "./facts.ts";
import { field, items, text, textEntries, texts } from "./json.ts";
import { metadataOf } from "./metadata.ts";

const read: ReadonlySet<string> = new Set([...Object.values(topologyLabels), ...Object.keys(virtualNodeLabels)]);

/** The kinds of a node's addresses that are addresses; the others are names. */
const reached: ReadonlySet<string> = new Set(["InternalIP", "ExternalIP"]);

/** What is kept of a Node; undefined for what is no object of the API server. */
export const projectNode = (raw: unknown): NodeFacts | undefined => {
  const metadata = metadataOf(raw);
  if (metadata === undefined) return undefined;
  const { name, uid, created, deleting } = metadata;
  const spec = field(raw, "spec");
  const podCIDRs = texts(field(spec, "podCIDRs"));
  const podCIDR = text(field(spec, "podCIDR"));
  return {
    name,
    uid,
    created,
    deleting,
    providerID: text(field(spec, "providerID")),
    labels: Object.fromEntries(
      Object.entries(textEntries(metadata.labels)).filter(
        ([key]) => read.has(key) || zoneOfNodeLabel(key) !== undefined,
      ),
    ),
    taintKeys: items(field(spec, "taints")).flatMap((taint) => text(field(taint, "key")) ?? []),
    podCIDRs: podCIDRs.length > 0 || podCIDR === undefined ? podCIDRs : [podCIDR],
    addresses: items(field(field(raw, "status"), "addresses")).flatMap((entry) =>
      reached.has(text(field(entry, "type")) ?? "") ? (text(field(entry, "address")) ?? []) : [],
    ),
    machineID: text(field(field(field(raw, "status"), "nodeInfo"), "machineID")),
  };
};
