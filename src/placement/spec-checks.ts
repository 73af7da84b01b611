import type { NodeSelectorRequirement, NodeSelectorTerm, Pod } from "../api/kubernetes.ts";
import {
  networkAttachmentAnnotations,
  nodeLabel,
  nodeLabelValue,
  topologyLabels,
  zoneOfExclusiveKey,
  zoneOfNodeLabel,
} from "../api/names.ts";
import type { Reason } from "../api/reasons.ts";
import { regionFromLabel, regionFromZoneLabel } from "../oci/labels.ts";
import type { Region } from "../oci/regions.ts";
import { carriesSelector } from "./pin.ts";

/** What is wrong, where, and what stands there: `field` `found` reads as the start of a sentence. */
export type Fault = { readonly reason: Reason; readonly field: string; readonly found: string };

/** The zone as the checks need it. `regions` is undefined while the zone is not valid: then nothing is said of them. */
export type ZoneFacts = { readonly zone: string; readonly regions: readonly Region[] | undefined };

type Check = (pod: Pod, facts: ZoneFacts) => Fault | undefined;

const nodeName: Check = ({ spec }) =>
  spec?.nodeName === undefined || spec.nodeName === ""
    ? undefined
    : { reason: "NodeNameSet", field: "spec.nodeName", found: `is ${quote(spec.nodeName)}` };

/** Our own keys: this zone's with another value matches no node, another zone's asks for two places at once. */
const ourSelector: Check = ({ spec }, { zone }) => {
  for (const [key, value] of Object.entries(spec?.nodeSelector ?? {})) {
    const named = zoneOfNodeLabel(key);
    if (named === undefined || (named === zone && value === nodeLabelValue)) continue;
    return { reason: "NodeSelectorOutsideZone", field: selectorField(key), found: `is ${quote(value)}` };
  }
  return undefined;
};

/** Nodes that another zone keeps to itself. What tolerates every taint names none, and is left alone. */
const ourTolerations: Check = ({ spec }, { zone }) => {
  const key = (spec?.tolerations ?? []).find((toleration) => {
    const named = zoneOfExclusiveKey(toleration.key ?? "");
    return named !== undefined && named !== zone;
  })?.key;
  return key === undefined
    ? undefined
    : { reason: "TolerationOutsideZone", field: "spec.tolerations", found: `names ${quote(key)}` };
};

/** Interfaces besides the pod's own are outside every NetworkPolicy. */
export const networkAttachment = ({ metadata }: Pod): Fault | undefined => {
  const found = networkAttachmentAnnotations.find((name) => metadata?.annotations?.[name] !== undefined);
  return found && { reason: "NetworkAttachment", field: `metadata.annotations[${found}]`, found: "is set" };
};

/** A pod that is pinned already cannot leave: what else it asks for can only make it wait. */
const unlessPinned =
  (check: Check): Check =>
  (pod, facts) =>
    carriesSelector(pod.spec, facts.zone) ? undefined : check(pod, facts);

const regionSelector: Check = ({ spec }, { regions }) => {
  for (const [key, value] of Object.entries(spec?.nodeSelector ?? {}))
    if (regions && !mayLieIn(regions, key, value))
      return { reason: "NodeSelectorOutsideZone", field: selectorField(key), found: `is ${quote(value)}` };
  return undefined;
};

/** Terms are ORed, so one term that may hold in the zone is enough: pinning excludes the others. */
const affinity: Check = ({ spec }, facts) => {
  const terms = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  if (terms.length === 0 || !terms.every((term) => isOutside(term, facts))) return undefined;
  const field = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms";
  return { reason: "NodeAffinityOutsideZone", field, found: "cannot hold on a node of the zone" };
};

/** The order is the documentation: the first fault is the one a person reads. */
export const specChecks: readonly Check[] = [
  nodeName,
  ourSelector,
  ourTolerations,
  networkAttachment,
  unlessPinned(regionSelector),
  unlessPinned(affinity),
];

// matchFields (metadata.name) is not judged: the DaemonSet controller writes it for every node, and refusing its
// pods would make it try for ever, while a pinned pod for a foreign node merely waits.
const isOutside = (term: NodeSelectorTerm, facts: ZoneFacts): boolean =>
  (term.matchExpressions ?? []).some((requirement) => cannotHold(requirement, facts));

const cannotHold = ({ key, operator, values = [] }: NodeSelectorRequirement, facts: ZoneFacts): boolean => {
  if (key === nodeLabel(facts.zone))
    return (
      operator === "DoesNotExist" ||
      (operator === "In" && !values.includes(nodeLabelValue)) ||
      (operator === "NotIn" && values.includes(nodeLabelValue))
    );
  const { regions } = facts;
  return operator === "In" && regions !== undefined && values.every((value) => !mayLieIn(regions, key, value));
};

/** Whether a node of these regions could bear this label. Keys that say nothing of location always could. */
const mayLieIn = (regions: readonly Region[], key: string, value: string): boolean => {
  const read = locationReaders.get(key);
  if (read === undefined) return true;
  const region = read(value);
  return region !== undefined && regions.some(({ identifier }) => identifier === region.identifier);
};

const locationReaders: ReadonlyMap<string, (value: string) => Region | undefined> = new Map([
  [topologyLabels.region, regionFromLabel],
  [topologyLabels.betaRegion, regionFromLabel],
  [topologyLabels.zone, regionFromZoneLabel],
  [topologyLabels.betaZone, regionFromZoneLabel],
]);

const selectorField = (key: string): string => `spec.nodeSelector[${key}]`;

/** A value as a person wrote it, short enough that a denial stays readable. */
export const quote = (value: string): string => JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
