import type { Labels, LabelSelector } from "../../../../src/api/kubernetes.ts";

// The naive side of the containment test: one packet at a time, word by word from the projects' references. It shares no
// code with src/, on purpose: it reads addresses and selectors by itself.

/** The far end of a packet: an address, a pod, or something else by name. */
export type End =
  | { readonly kind: "address"; readonly address: string }
  | { readonly kind: "pod"; readonly namespace: Labels; readonly pod: Labels; readonly cluster?: string }
  | { readonly kind: "other"; readonly name: string };

/** One packet of a pod of the zone. `other` is a protocol without ports. */
export type Packet = {
  readonly direction: "egress" | "ingress";
  readonly end: End;
  readonly protocol: string;
  readonly port: number;
};

/** On which ports something opens an end, or nothing where it opens none; asked end by end, so that tests are quick. */
export type Opens = (direction: Packet["direction"], end: End) => OpenPorts | undefined;

/** Whether a port is open. */
export type OpenPorts = (protocol: string, port: number) => boolean;

/** Whether a packet is let pass. */
export const passes = (opens: Opens, { direction, end, protocol, port }: Packet): boolean =>
  opens(direction, end)?.(protocol, port) ?? false;

/** Bits and value of an address; IPv4 is 32 bits, IPv6 is 128. */
export type Bits = { readonly width: number; readonly value: bigint };

const known = new Map<string, Bits>();

/** An address as a number, remembered: tests ask for the same few again and again. */
export function bitsOf(address: string): Bits {
  const found = known.get(address);
  if (found !== undefined) return found;
  const bits = address.includes(":") ? v6(address) : { width: 32, value: BigInt(dotted(address)) };
  known.set(address, bits);
  return bits;
}

const dotted = (address: string): number =>
  address.split(".").reduce((sum, part) => sum * 256 + Number.parseInt(part, 10), 0);

function v6(address: string): Bits {
  const [left = "", right] = address.split("::");
  const head = left.split(":").filter((group) => group !== "");
  const tail = (right ?? "").split(":").filter((group) => group !== "");
  const groups = [...head, ...Array<string>(8 - head.length - tail.length).fill("0"), ...tail];
  return { width: 128, value: BigInt(`0x${groups.map((group) => group.padStart(4, "0")).join("")}`) };
}

/** A number as an address, in full. */
export function addressOf({ width, value }: Bits): string {
  if (width === 32) return [24n, 16n, 8n, 0n].map((shift) => Number((value >> shift) & 255n)).join(".");
  const hex = value.toString(16).padStart(32, "0");
  return Array.from({ length: 8 }, (_, at) => hex.slice(4 * at, 4 * at + 4)).join(":");
}

/** First and last address of a block. */
export function endsOf(cidr: string): { readonly width: number; readonly first: bigint; readonly last: bigint } {
  const [network = "", prefix = ""] = cidr.split("/");
  const { width, value } = bitsOf(network);
  const size = 2n ** BigInt(width - Number(prefix));
  const first = (value / size) * size;
  return { width, first, last: first + size - 1n };
}

/** Whether a block holds an address. */
export function holds(cidr: string, address: string): boolean {
  const [block, { width, value }] = [endsOf(cidr), bitsOf(address)];
  return block.width === width && block.first <= value && value <= block.last;
}

/** Whether a metav1.LabelSelector matches labels. */
export function matches({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean {
  for (const key of Object.keys(matchLabels)) if (labels[key] !== matchLabels[key]) return false;
  return matchExpressions.every(({ key, operator, values = [] }) => {
    const value = labels[key];
    if (operator === "In") return value !== undefined && values.includes(value);
    if (operator === "NotIn") return value === undefined || !values.includes(value);
    return (operator === "Exists") === (value !== undefined);
  });
}
