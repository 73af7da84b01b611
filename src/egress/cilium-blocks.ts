import { parseAddress } from "../cidr/address.ts";
import { blockOf } from "../cidr/block.ts";
import { setOf, subtract, unionOf } from "../cidr/set.ts";
import type { CidrSet } from "../cidr/set.ts";
import { cidrsAt } from "./network-policy.ts";
import { isAbsent } from "./reader.ts";
import type { Reader } from "./reader.ts";

/** Blocks, of which those without a prefix are single addresses. */
export const cidrsOrHostsAt = (read: Reader, values: readonly (readonly [value: unknown, path: string])[]): CidrSet =>
  unionOf(
    values.map(([value, path]) => {
      const host = typeof value === "string" && !value.includes("/") ? parseAddress(value) : undefined;
      return host?.ok === true ? setOf([blockOf(host.address)]) : cidrsAt(read, [[value, path]]);
    }),
  );

/** An item of toCIDRSet; undefined where it blocks addresses that stand in another object. */
export function cidrSetAt(read: Reader, action: "allow" | "block", value: unknown, path: string): CidrSet | undefined {
  const { cidr, except, cidrGroupRef, cidrGroupSelector } = read.object(value, path, [
    "cidr",
    "except",
    "cidrGroupRef",
    "cidrGroupSelector",
  ]);
  if (!isAbsent(cidrGroupRef) || !isAbsent(cidrGroupSelector)) {
    if (action === "allow") read.refuse(path, "is whatever addresses a CiliumCIDRGroup holds");
    return undefined;
  }
  if (isAbsent(cidr)) read.refuse(`${path}.cidr`, "is not there");
  const whole = cidrsAt(read, isAbsent(cidr) ? [] : [[cidr, `${path}.cidr`]]);
  return subtract(whole, cidrsAt(read, read.list(except, `${path}.except`)));
}
