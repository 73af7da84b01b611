import { nodeLabel, nodeLabelValue } from "../api/names.ts";
import { backendAnnotations } from "../oci/balancer.ts";
import { field, fields, textEntries } from "../zone/json.ts";

/** The label selector of a zone's verified nodes, in the words that annotations of balancers have for it. */
export const verifiedNodes = (zone: string): string => `${nodeLabel(zone)}=${nodeLabelValue}`;

/** Whether a Service has a balancer of the cloud's in front of it. */
export const hasBalancer = (service: unknown): boolean => field(field(service, "spec"), "type") === "LoadBalancer";

/**
 * The annotations of a balancer's Service by which it sends to the zone's verified nodes and to no other. What somebody
 * else selects by narrows that further: the first requirement of a selector holds whatever follows it. Both are set,
 * because which of them is read hangs on another annotation.
 */
export const withVerifiedBackends = (service: unknown, zone: string): Readonly<Record<string, string>> => {
  const ours = verifiedNodes(zone);
  const annotations = textEntries(field(field(service, "metadata"), "annotations"));
  const narrowed = backendAnnotations.map((key): [string, string] => {
    const theirs = annotations[key] ?? "";
    if (holds(ours, theirs)) return [key, theirs];
    return [key, theirs.trim() === "" ? ours : `${ours},${theirs}`];
  });
  return { ...annotations, ...Object.fromEntries(narrowed) };
};

/** The first annotation by which a balancer may send to nodes outside its zone, with what stands there. */
export const widerBackends = (service: unknown, zone: string) => {
  if (!hasBalancer(service)) return undefined;
  const annotations = fields(field(field(service, "metadata"), "annotations"));
  const key = backendAnnotations.find((name) => !holds(verifiedNodes(zone), field(annotations, name)));
  if (key === undefined) return undefined;
  const found = `does not begin with ${verifiedNodes(zone)}`;
  return { reason: "BackendsNotVerified", field: `metadata.annotations[${key}]`, found } as const;
};

const holds = (ours: string, value: unknown): boolean =>
  typeof value === "string" && (value === ours || value.startsWith(`${ours},`));
