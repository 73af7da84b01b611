import type { ExposingFacts } from "../zone/facts.ts";
import { field, fields, items, textEntries } from "../zone/json.ts";
import { metadataOf } from "../zone/metadata.ts";
import { backendAnnotations } from "../oci/balancer.ts";
import { exposedByService } from "./exposing.ts";

/**
 * What is kept of objects of this kind that may lead into a zone or out of it: what is judged of them, and of Services
 * only those that are no plain ones. Nothing is kept of the API server's own, which leads to it whatever zone it is in.
 */
export const projectExposing =
  ({ group, version, kind }: { readonly group: string; readonly version: string; readonly kind: string }) =>
  (raw: unknown): ExposingFacts | undefined => {
    const metadata = metadataOf(raw);
    if (metadata === undefined) return undefined;
    const { namespace, name, uid } = metadata;
    if (namespace === "default" && name === "kubernetes") return undefined;
    const judged = judgedOf(kind, raw);
    if (judged === undefined) return undefined;
    return { apiVersion: group === "" ? version : `${group}/${version}`, kind, namespace, name, uid, object: judged };
  };

const judgedOf = (kind: string, raw: unknown): object | undefined => {
  const name = field(field(raw, "metadata"), "name");
  switch (kind) {
    case "Service": {
      if (exposedByService(raw).length === 0) return undefined;
      const annotations = picked(field(field(raw, "metadata"), "annotations"), backendAnnotations);
      const spec = picked(field(raw, "spec"), ["type", "externalName", "externalIPs", "selector"]);
      return { metadata: { name, annotations }, spec };
    }
    case "EndpointSlice": {
      const endpoints = items(field(raw, "endpoints")).map((endpoint) => picked(endpoint, ["addresses"]));
      const ports = items(field(raw, "ports")).map((port) => picked(port, ["protocol", "port"]));
      const labels = picked(textEntries(field(field(raw, "metadata"), "labels")), ["kubernetes.io/service-name"]);
      return endpoints.length === 0 ? undefined : { metadata: { name, labels }, endpoints, ports };
    }
    case "ReferenceGrant": {
      const from = items(field(field(raw, "spec"), "from")).map((one) => picked(one, ["namespace"]));
      return { metadata: { name }, spec: { from } };
    }
    default:
      return { metadata: { name } };
  }
};

const picked = (value: unknown, names: readonly string[]): object =>
  Object.fromEntries(Object.entries(fields(value) ?? {}).filter(([name]) => names.includes(name)));
