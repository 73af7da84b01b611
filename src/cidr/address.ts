/** Internet addresses, read as strictly as Kubernetes 1.36 reads them in a NetworkPolicy (Go's net/netip). */

export type Family = "v4" | "v6";

/** One address: its family, and its value from 0 to 2^32 - 1 or 2^128 - 1. */
export type Address = { readonly family: Family; readonly value: bigint };

/** What is wrong with a text, worded to follow the text itself, and what its author may have meant. */
export type Unread = { readonly ok: false; readonly what: string; readonly meant?: string | undefined };

/** Bits in an address of each family. */
export const widths = { v4: 32, v6: 128 } as const satisfies Record<Family, number>;

/** The address that `text` spells, or a sentence that says what is wrong with it and how to mend it; never throws. */
export function parseAddress(
  text: string,
): { readonly ok: true; readonly address: Address } | { readonly ok: false; readonly problem: string } {
  const read = readAddress(text);
  return read.ok ? read : { ok: false, problem: problemOf(text, read) };
}

/** As parseAddress, with the parts of the problem kept apart for a caller that has more text around the address. */
export function readAddress(text: string): { readonly ok: true; readonly address: Address } | Unread {
  if (!isEchoable(text)) return unprintable(text, readAddress);
  const percent = text.indexOf("%");
  if (percent >= 0) return { ok: false, what: "has a zone id", meant: meantBy(text.slice(0, percent)) };
  const family = text.includes(":") ? "v6" : "v4";
  const read = family === "v6" ? readV6(text) : readV4(text);
  if (!read.ok) return read;
  const { value } = read;
  if (family === "v6" && isMapped(value))
    return { ok: false, what: "is an IPv4 address mapped into IPv6", meant: printV4(value & 0xffff_ffffn) };
  return { ok: true, address: { family, value } };
}

/** The one canonical spelling: dotted decimal, or RFC 5952 (which keeps IPv4-mapped addresses dotted). */
export function printAddress({ family, value }: Address): string {
  if (family === "v4") return printV4(value);
  if (isMapped(value)) return `::ffff:${printV4(value & 0xffff_ffffn)}`;
  const groups = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  const zeros = longestZeros(groups);
  if (zeros.length < 2) return groups.join(":");
  return `${groups.slice(0, zeros.start).join(":")}::${groups.slice(zeros.start + zeros.length).join(":")}`;
}

/** One sentence of `text` and its problem: no control characters, at most 64 characters of `text`. */
export const problemOf = (text: string, { what, meant }: Unread): string =>
  `${isEchoable(text) ? text : "the text"} ${what}${meant === undefined ? "" : `: did you mean ${meant}?`}`;

/** Whether a message may repeat `text`, and whether it is worth reading further: short, printable, no spaces. */
export const isEchoable = (text: string): boolean => /^[!-~]{1,64}$/.test(text);

/** The problem of a text that is not echoable; `read` decides whether trimming would mend it. */
export function unprintable(text: string, read: (text: string) => { readonly ok: boolean }): Unread {
  if (text === "") return { ok: false, what: "is empty" };
  if (text.length > 64) return { ok: false, what: "is longer than 64 characters" };
  const trimmed = text.trim();
  return {
    ok: false,
    what: "has spaces or characters that are not printable ASCII",
    meant: isEchoable(trimmed) && read(trimmed).ok ? trimmed : undefined,
  };
}

type Value = { readonly ok: true; readonly value: bigint } | Unread;

function readV4(text: string): Value {
  const parts = text.split(".");
  if (parts.length !== 4) return { ok: false, what: "is not an address: IPv4 has four numbers, IPv6 has colons" };
  const wrong = parts.find((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255);
  if (wrong !== undefined) return { ok: false, what: `has "${wrong}" where a number from 0 to 255 belongs` };
  const value = parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
  if (parts.some((part) => /^0\d/.test(part)))
    return { ok: false, what: "has leading zeros, which some programs read as octal", meant: printV4(value) };
  return { ok: true, value };
}

function readV6(text: string): Value {
  const halves = text.split("::");
  if (halves.length > 2) return { ok: false, what: "has :: more than once" };
  const sides: string[][] = [];
  for (const [index, half] of halves.entries()) {
    const side = half === "" ? [] : half.split(":");
    const tail = side.at(-1) ?? "";
    if (tail.includes(".") && index === halves.length - 1) {
      const dotted = readV4(tail);
      if (!dotted.ok) return { ok: false, what: dotted.what };
      side.splice(-1, 1, (dotted.value >> 16n).toString(16), (dotted.value & 0xffffn).toString(16));
    }
    const wrong = side.find((group) => !/^[0-9a-fA-F]{1,4}$/.test(group));
    if (wrong !== undefined) return { ok: false, what: `has "${wrong}" where one to four hexadecimal digits belong` };
    sides.push(side);
  }
  const [head = [], tail] = sides;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1)
    return { ok: false, what: "does not have the eight groups of an IPv6 address" };
  const groups = [...head, ...Array<string>(missing).fill("0"), ...(tail ?? [])];
  return { ok: true, value: groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n) };
}

const isMapped = (value: bigint): boolean => value >> 32n === 0xffffn;

const printV4 = (value: bigint): string => [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join(".");

function meantBy(text: string): string | undefined {
  const read = readAddress(text);
  return read.ok ? printAddress(read.address) : read.meant;
}

/** The first of the longest runs of "0". */
function longestZeros(groups: readonly string[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== "0") start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  }
  return best;
}
