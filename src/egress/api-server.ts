import type { PolicyPeer } from "../api/kubernetes.ts";
import { parseAddress, widths } from "../cidr/address.ts";
import { blockOf, printCidr } from "../cidr/block.ts";
import type { Cidr } from "../cidr/block.ts";
import { empty } from "../cidr/set.ts";
import { specialIn } from "../cidr/special.ts";
import type { ApiServerFacts } from "../zone/facts.ts";
import type { Problem } from "../zone/problem.ts";
import { blockPeer } from "./allowance.ts";
import type { Grant } from "./grant.ts";

const path = "spec.egress.apiServer";

/** One grant per TCP port on which the API server answers, or why its addresses cannot be used. */
export function apiServerGrants(
  facts: ApiServerFacts | undefined,
):
  | { readonly ok: true; readonly grants: readonly Grant[] }
  | { readonly ok: false; readonly problems: readonly Problem[] } {
  const ports = new Map<number, Cidr[]>();
  const problems: Problem[] = [];
  for (const { addresses, port } of facts ?? []) {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      problems.push({ path, message: `the API server's EndpointSlice or Service has no usable port (${port})` });
      continue;
    }
    for (const text of addresses) {
      const read = usable(text);
      if (read.ok) ports.set(port, [...(ports.get(port) ?? []), read.block]);
      else problems.push({ path, message: `the API server's address ${read.problem}` });
    }
  }
  if (ports.size === 0 && problems.length === 0)
    problems.push({ path, message: "Allow needs the API server's addresses, and none are known" });
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    grants: [...ports]
      .toSorted(([a], [b]) => a - b)
      .map(([port, found]) => ({
        why: { kind: "apiServer" },
        path,
        alone: true,
        selectors: hostPeers(found),
        addresses: empty,
        ports: [{ protocol: "TCP", port }],
      })),
  };
}

/** Each host once and by itself (two neighbours are not one /31), IPv4 before IPv6, in the order of addresses. */
export const hostPeers = (hosts: readonly Cidr[]): readonly PolicyPeer[] =>
  [
    ...new Set(
      hosts
        .toSorted((a, b) => widths[a.family] - widths[b.family] || (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))
        .map(printCidr),
    ),
  ].map(blockPeer);

function usable(
  text: string,
): { readonly ok: true; readonly block: Cidr } | { readonly ok: false; readonly problem: string } {
  const read = parseAddress(text);
  if (!read.ok) return read;
  const block = blockOf(read.address);
  const special = specialIn(block);
  return special === undefined ? { ok: true, block } : { ok: false, problem: `${text} is ${special.name}` };
}
