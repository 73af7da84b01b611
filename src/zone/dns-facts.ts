import { clusterDnsLabels, clusterDnsNamespace } from "../api/names.ts";
import type { Labels } from "../api/kubernetes.ts";
import { parseAddress } from "../cidr/address.ts";
import { blockOf, type Cidr } from "../cidr/block.ts";
import { specialIn } from "../cidr/special.ts";
import type { DnsFacts } from "./facts.ts";
import { field, items, text, textEntries, texts } from "./json.ts";
import { metadataOf } from "./metadata.ts";

/** What is kept of a Service of the cluster's DNS: whom it selects, where it answers, and what is behind its port 53. */
export type DnsService = {
  readonly name: string;
  readonly selector: Labels;
  readonly clusterIPs: readonly string[];
  /** The ports of pods; a target that is named and not numbered is told by the Service's EndpointSlices. */
  readonly ports: readonly { readonly name: string; readonly target: number | undefined }[];
};

/** The ports of an EndpointSlice of such a Service: what names of its ports come to. */
export type DnsSlice = {
  readonly name: string;
  readonly service: string;
  readonly ports: readonly { readonly name: string; readonly port: number }[];
};

/** A Service of the cluster's DNS; undefined for every other. */
export const projectDnsService = (raw: unknown): DnsService | undefined => {
  const metadata = clusterDns(raw);
  if (metadata === undefined) return undefined;
  const spec = field(raw, "spec");
  return {
    name: metadata.name,
    selector: textEntries(field(spec, "selector")),
    clusterIPs: texts(field(spec, "clusterIPs")),
    ports: items(field(spec, "ports"))
      .filter((entry) => field(entry, "port") === dnsPort)
      .map((entry) => ({
        name: text(field(entry, "name")) ?? "",
        target: number(field(entry, "targetPort") ?? dnsPort),
      })),
  };
};

/** An EndpointSlice of the cluster's DNS; undefined for every other. Who is behind it is asked of the Service. */
export const projectDnsSlice = (raw: unknown): DnsSlice | undefined => {
  const metadata = clusterDns(raw);
  const service = text(field(metadata?.labels, "kubernetes.io/service-name"));
  if (metadata === undefined || service === undefined) return undefined;
  return {
    name: metadata.name,
    service,
    ports: items(field(raw, "ports")).flatMap((entry) => {
      const port = number(field(entry, "port"));
      return port === undefined ? [] : [{ name: text(field(entry, "name")) ?? "", port }];
    }),
  };
};

/**
 * The cluster's DNS servers, in order, each port once. A Service without selector selects no pod, and never every pod;
 * where its EndpointSlices lead is whatever somebody wrote there.
 */
export const dnsFacts = (services: readonly DnsService[], slices: readonly DnsSlice[]): DnsFacts =>
  services
    .map(({ name, selector, clusterIPs, ports }) => ({
      name,
      selector,
      addresses: clusterIPs.flatMap(unicast),
      ports: [...new Set(ports.flatMap((port) => port.target ?? behind(slices, name, port.name)))].toSorted(
        (a, b) => a - b,
      ),
    }))
    .filter(({ selector, ports }) => Object.keys(selector).length > 0 && ports.length > 0)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));

const dnsPort = 53;

const clusterDns = (raw: unknown) => {
  const metadata = metadataOf(raw);
  const labels = textEntries(metadata?.labels);
  const borne = Object.entries(clusterDnsLabels).every(([key, value]) => labels[key] === value);
  return metadata?.namespace === clusterDnsNamespace && borne ? metadata : undefined;
};

const behind = (slices: readonly DnsSlice[], service: string, name: string): readonly number[] =>
  slices
    .filter((slice) => slice.service === service)
    .flatMap(({ ports }) => ports.flatMap((entry) => (entry.name === name ? [entry.port] : [])));

const number = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 65535 ? value : undefined;

/** A headless Service's is the text None. */
const unicast = (address: string): readonly Cidr[] => {
  const parsed = parseAddress(address);
  if (!parsed.ok) return [];
  const block = blockOf(parsed.address);
  return specialIn(block) === undefined ? [block] : [];
};
