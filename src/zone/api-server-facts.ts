import { parseAddress } from "../cidr/address.ts";
import { blockOf } from "../cidr/block.ts";
import { specialIn } from "../cidr/special.ts";
import type { ApiServerFacts } from "./facts.ts";
import { field, items, text, texts } from "./json.ts";
import { metadataOf } from "./metadata.ts";

/** Addresses and TCP ports as one object of the cluster states them; a port that is no whole number is NaN. */
export type Endpoints = {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
};

/** An EndpointSlice of the API server (Service default/kubernetes); undefined for every other. */
export const projectApiServerSlice = (raw: unknown): Endpoints | undefined => {
  const metadata = metadataOf(raw);
  if (metadata?.namespace !== "default" || field(metadata.labels, serviceNameLabel) !== "kubernetes") return undefined;
  const ready = items(field(raw, "endpoints")).filter(
    (endpoint) => field(field(endpoint, "conditions"), "ready") !== false,
  );
  return {
    name: metadata.name,
    addresses: ready.flatMap((endpoint) => texts(field(endpoint, "addresses"))),
    ports: tcpPorts(field(raw, "ports")),
  };
};

/** The API server's Service, default/kubernetes; undefined for every other. */
export const projectApiServerService = (raw: unknown): Endpoints | undefined => {
  const metadata = metadataOf(raw);
  if (metadata?.namespace !== "default" || metadata.name !== "kubernetes") return undefined;
  const spec = field(raw, "spec");
  const clusterIPs = texts(field(spec, "clusterIPs"));
  const clusterIP = text(field(spec, "clusterIP"));
  return {
    name: metadata.name,
    addresses: clusterIPs.length > 0 || clusterIP === undefined ? clusterIPs : [clusterIP],
    ports: tcpPorts(field(spec, "ports")),
  };
};

/**
 * Where the API server answers, behind its Service and at its Service. Undefined means unreadable: either is missing,
 * states no address or port, or one that is no unicast address or no port. Then nothing may be opened in its name.
 */
export const apiServerFacts = (
  slices: readonly Endpoints[],
  services: readonly Endpoints[],
): ApiServerFacts | undefined => {
  // A slice without addresses is how Kubernetes writes "none of this family".
  const behind = slices.filter(({ addresses }) => addresses.length > 0);
  if (behind.length === 0 || services.length === 0) return undefined;
  const all = [...behind, ...services];
  if (!all.every(isReadable)) return undefined;
  return all.flatMap(({ addresses, ports }) => [...new Set(ports)].map((port) => ({ addresses, port })));
};

/** https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#ownership */
const serviceNameLabel = "kubernetes.io/service-name";

const tcpPorts = (ports: unknown): readonly number[] =>
  items(ports)
    .filter((entry) => (text(field(entry, "protocol")) ?? "TCP") === "TCP")
    .map((entry) => {
      const port = field(entry, "port");
      return typeof port === "number" && Number.isInteger(port) && port >= 1 && port <= 65535 ? port : NaN;
    });

const isReadable = ({ addresses, ports }: Endpoints): boolean =>
  addresses.length > 0 && ports.length > 0 && addresses.every(isUnicast) && !ports.some(Number.isNaN);

const isUnicast = (address: string): boolean => {
  const parsed = parseAddress(address);
  return parsed.ok && specialIn(blockOf(parsed.address)) === undefined;
};
