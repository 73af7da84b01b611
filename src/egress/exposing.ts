import type { ExposedSpec } from "../api/zone-exposure.ts";
import { field, fields, items, text, texts } from "../zone/json.ts";
import { shown } from "../zone/meanings.ts";

/** One thing of an object that leads into its zone or out of it: what it is listed as, the field that says so, and what stands there. */
export type Exposing = {
  readonly kind: ExposedSpec["kind"];
  /** Undefined with kind Service for what is not known here, and can be listed by nobody. */
  readonly type?: ExposedSpec["type"];
  readonly path: string;
  readonly found: string;
};

/** What leads into a zone or out of it by a Service. */
export const exposedByService = (service: unknown): readonly Exposing[] => {
  const spec = field(service, "spec");
  const type = text(field(spec, "type")) ?? "ClusterIP";
  const externalIPs = texts(field(spec, "externalIPs"));
  const selects = Object.keys(fields(field(spec, "selector")) ?? {}).length > 0;
  const exposing: Exposing[] = [];
  const say = (part: ExposedSpec["type"], path: string, found: string): void => {
    exposing.push({ kind: "Service", ...(part === undefined ? {} : { type: part }), path, found });
  };
  switch (type) {
    case "ClusterIP":
      break;
    case "ExternalName":
      say(type, "spec.externalName", `is ${shown(field(spec, "externalName"))}, a name that may be anywhere`);
      break;
    case "LoadBalancer":
    case "NodePort":
      say(type, "spec.type", `is ${type}`);
      break;
    default:
      say(undefined, "spec.type", `is ${shown(type)}, which is not known here`);
  }
  if (externalIPs.length > 0) say("ExternalIPs", "spec.externalIPs", `holds ${shown(externalIPs[0])}`);
  // A Service of type ExternalName has nothing behind it but the name.
  if (!selects && type !== "ExternalName")
    say("WithoutSelector", "spec.selector", "is left out or empty, so that anybody says what is behind the Service");
  return exposing;
};

/** An object that is there to let others in, whatever it says. */
export const exposedAsSuch = (kind: ExposedSpec["kind"]) => (): readonly Exposing[] => [
  { kind, path: "kind", found: `is ${kind}` },
];

/** Namespaces outside the zone that a ReferenceGrant lets refer into its own: routes to its Services, Gateways to its Secrets. */
export const exposedByGrant = (grant: unknown, within: (namespace: string) => boolean): readonly Exposing[] =>
  items(field(field(grant, "spec"), "from")).flatMap((from, index): readonly Exposing[] => {
    const namespace = field(from, "namespace");
    if (typeof namespace === "string" && within(namespace)) return [];
    const found = `is ${shown(namespace)}, which is not in the zone`;
    return [{ kind: "ReferenceGrant", path: `spec.from[${index}].namespace`, found }];
  });
