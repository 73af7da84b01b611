import { mirrorAnnotation, nodeLabelValue, zoneLabel, zoneOfNodeLabel } from "../api/names.ts";
import type { Owner, PodFacts } from "./facts.ts";
import { field, items, text, textEntries } from "./json.ts";
import { metadataOf } from "./metadata.ts";

/** What is kept of a Pod; undefined for what is no object of the API server. */
export const projectPod = (raw: unknown): PodFacts | undefined => {
  const metadata = metadataOf(raw);
  if (metadata === undefined) return undefined;
  const spec = field(raw, "spec");
  const status = field(raw, "status");
  const phase = field(status, "phase");
  const selects = Object.entries(textEntries(field(spec, "nodeSelector"))).flatMap(([key, value]) =>
    value === nodeLabelValue ? (zoneOfNodeLabel(key) ?? []) : [],
  );
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
    created: metadata.created,
    node: text(field(spec, "nodeName")),
    selects,
    addresses:
      selects.length > 0 ? items(field(status, "podIPs")).flatMap((entry) => text(field(entry, "ip")) ?? []) : [],
    labelled: text(field(metadata.labels, zoneLabel)),
    ended: phase === "Succeeded" || phase === "Failed",
    deleting: metadata.deleting,
    ready: items(field(status, "conditions")).some(
      (condition) => field(condition, "type") === "Ready" && field(condition, "status") === "True",
    ),
    owner: ownerOf(raw, metadata.labels),
    mirror: field(field(field(raw, "metadata"), "annotations"), mirrorAnnotation) !== undefined,
    reachesNode: isPrivileged(spec) || mountsNode(spec),
  };
};

/** Whether the pod could read now what others on its node hold. */
export const reaches = ({ reachesNode, node, ended }: PodFacts): boolean => reachesNode && node !== undefined && !ended;

const ownerOf = (raw: unknown, labels: unknown): Owner | undefined => {
  const reference = items(field(field(raw, "metadata"), "ownerReferences")).find(
    (candidate) => field(candidate, "controller") === true,
  );
  const [apiVersion, kind, name, uid] = ["apiVersion", "kind", "name", "uid"].map((key) => text(field(reference, key)));
  if (apiVersion === undefined || kind === undefined || name === undefined || uid === undefined) return undefined;
  // A Deployment names its ReplicaSets so, and nothing else on the pod says whose they are.
  const suffix = `-${text(field(labels, "pod-template-hash"))}`;
  const deployed = kind === "ReplicaSet" && name.endsWith(suffix) && name.length > suffix.length;
  return { apiVersion, kind, name, uid, deployment: deployed ? name.slice(0, -suffix.length) : undefined };
};

const isPrivileged = (spec: unknown): boolean =>
  ["containers", "initContainers", "ephemeralContainers"].some((kind) =>
    items(field(spec, kind)).some((container) => field(field(container, "securityContext"), "privileged") === true),
  );

const mountsNode = (spec: unknown): boolean =>
  items(field(spec, "volumes")).some((volume) => field(volume, "hostPath") !== undefined);
