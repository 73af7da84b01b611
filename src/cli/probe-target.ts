import { parseAddress, printAddress, type Address } from "../cidr/address.ts";
import { blockOf } from "../cidr/block.ts";
import { blocks } from "../cidr/blocks.ts";
import { overlaps, setOf } from "../cidr/set.ts";
import { widths } from "../cidr/address.ts";
import { whyWords, type Grant } from "../egress/grant.ts";
import type { ApiServerFacts } from "../zone/facts.ts";
import { Stop } from "./stop.ts";

/** Where a probe connects by TCP, and what is there as far as is known. */
export type ProbeTarget = { readonly address: string; readonly port: number; readonly what: string };

/** How a target reads. */
export const targetWords = ({ address, port }: ProbeTarget): string =>
  address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;

const form = /^(?:\[(?<six>[0-9A-Fa-f:.]+)\]|(?<four>[0-9.]+)):(?<port>[0-9]{1,5})$/;

/** Reads ADDRESS:PORT; policies know addresses alone, so a name is a Stop. */
const readTarget = (option: string, given: string): { readonly address: Address; readonly port: number } => {
  const { six, four, port } = form.exec(given)?.groups ?? {};
  const address = parseAddress(six ?? four ?? "");
  const number = Number(port);
  if (!address.ok || !(number >= 1 && number <= 65535))
    throw new Stop(
      "unreadable",
      `${option} takes an address and a port, such as 198.51.100.7:443 or [2001:db8::7]:443, and no name, for policies know none.`,
    );
  return { address: address.address, port: number };
};

/** The first thing that a zone opens at an address and a TCP port. */
const opening = (grants: readonly Grant[], address: Address, port: number): Grant | undefined =>
  grants.find(
    ({ addresses, ports }) =>
      overlaps(addresses, setOf([blockOf(address)])) && (ports.length === 0 || tcpPorts({ ports }).some(holds(port))),
  );

type TcpPort = { readonly port: number; readonly endPort?: number | undefined };
const tcpPorts = ({ ports }: Pick<Grant, "ports">): readonly TcpPort[] =>
  ports.filter(({ protocol }) => protocol === "TCP");
const holds =
  (wanted: number) =>
  ({ port, endPort = port }: TcpPort): boolean =>
    port <= wanted && wanted <= endPort;

/** The target that the zone has to let through, if one was given. */
export const givenApproved = (given: string, grants: readonly Grant[]): ProbeTarget => {
  const { address, port } = readTarget("--approved", given);
  const grant = opening(grants, address, port);
  return {
    address: printAddress(address),
    port,
    what: grant === undefined ? "no block of the zone's holds it; a pod that it selects may" : whyWords(grant.why),
  };
};

/** The target that the zone has to keep closed, if one was given; a Stop for one that it opens. */
export const givenForbidden = (given: string, grants: readonly Grant[]): ProbeTarget => {
  const { address, port } = readTarget("--forbidden", given);
  const grant = opening(grants, address, port);
  if (grant !== undefined)
    throw new Stop(
      "unreadable",
      `--forbidden ${given} is approved by ${grant.path} (${whyWords(grant.why)}), so a connection would show nothing; give one that is not.`,
    );
  return { address: printAddress(address), port, what: "approved by nothing" };
};

/**
 * An approved address at which somebody answers: the API server where the zone allows it, or the first network that is
 * a single address. Of a larger block nobody knows where somebody is.
 */
export const knownApproved = (grants: readonly Grant[]): ProbeTarget | undefined => {
  const ordered = grants.toSorted((a, b) => Number(b.why.kind === "apiServer") - Number(a.why.kind === "apiServer"));
  for (const grant of ordered) {
    const [first] = tcpPorts(grant);
    const single = blocks(grant.addresses).find(({ family, prefix }) => prefix === widths[family]);
    if (first === undefined || single === undefined) continue;
    const address = printAddress({ family: single.family, value: single.first });
    return { address, port: first.port, what: whyWords(grant.why) };
  }
  return undefined;
};

/** The pods that answer for DNS, as a list asks for them, and their TCP port; undefined where the zone says it in another way. */
export const dnsOf = (
  grants: readonly Grant[],
): { readonly namespace: string; readonly labelSelector: string; readonly port: number } | undefined => {
  const grant = grants.find(({ why }) => why.kind === "dns");
  const port = grant === undefined ? undefined : tcpPorts(grant)[0]?.port;
  if (grant === undefined || port === undefined) return undefined;
  for (const { namespaceSelector, podSelector } of grant.selectors) {
    const namespace = namespaceSelector?.matchLabels?.["kubernetes.io/metadata.name"];
    const labels = Object.entries(podSelector?.matchLabels ?? {});
    if (namespace === undefined || labels.length === 0 || (podSelector?.matchExpressions ?? []).length > 0) continue;
    return { namespace, labelSelector: labels.map((pair) => pair.join("=")).join(","), port };
  }
  return undefined;
};

/** The API server itself, which answers wherever pods are, where the zone keeps it closed. */
export const knownForbidden = (
  apiServer: ApiServerFacts | undefined,
  grants: readonly Grant[],
): ProbeTarget | undefined => {
  for (const { addresses, port } of apiServer ?? [])
    for (const text of addresses) {
      const address = parseAddress(text);
      if (address.ok && opening(grants, address.address, port) === undefined)
        return { address: text, port, what: "the API server" };
    }
  return undefined;
};
