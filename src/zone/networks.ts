import type { NetworkSpec } from "../api/network.ts";
import { parseCidr } from "../cidr/block.ts";
import { setOf, type CidrSet } from "../cidr/set.ts";
import type { Network } from "./zone.ts";

/** The addresses of blocks that were found valid; a block that cannot be read adds nothing. */
export const addressesOf = (cidrs: readonly string[]): CidrSet =>
  setOf(
    cidrs.flatMap((text) => {
      const parsed = parseCidr(text);
      return parsed.ok ? [parsed.block] : [];
    }),
  );

/** A network that was found valid. */
export const networkOf = ({ name, cidrs, ports }: NetworkSpec): Network => ({
  name,
  addresses: addressesOf(cidrs),
  ports,
});
