import type { NetworkPolicySpec } from "../../src/api/kubernetes.ts";
import { allowedBy } from "../../src/egress/allowed.ts";
import { compile } from "../../src/egress/compile.ts";
import { contain } from "../../src/egress/contain.ts";
import { addressesOf } from "../../src/zone/networks.ts";
import { zone } from "../unit/world.ts";
import { compare } from "./compare.ts";
import type { Measure, Target } from "./measure.ts";

const doubling: Target = { atMost: 2.3 };

/** So many blocks of both families, none of which touches another. */
const cidrs = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => {
    const from = at * 2;
    return at % 2 === 0
      ? `11.${(from >> 16) & 255}.${(from >> 8) & 255}.${from & 255}/32`
      : `2001:db8:${(from >> 16).toString(16)}:${(from & 65535).toString(16)}::/64`;
  });

const ports = [{ protocol: "TCP", port: 443 }] as const;
const spec = (blocks: readonly string[]): NetworkPolicySpec => ({
  podSelector: {},
  policyTypes: ["Egress"],
  ingress: [],
  egress: [{ to: blocks.map((cidr) => ({ ipBlock: { cidr } })), ports }],
});
const policy = (blocks: readonly string[]): unknown => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "theirs", namespace: "payments" },
  spec: spec(blocks),
});
const mustContain = (one: unknown, allowed: ReturnType<typeof allowedBy>): void => {
  const { kind } = contain(one, allowed);
  if (kind !== "contained") throw new Error(`a policy of the zone's own blocks is ${kind}`);
};

/** Reads a zone of so many blocks and proves a policy of the same. */
const proving = (count: number) => {
  const [own, theirs] = [spec(cidrs(count)), policy(cidrs(count).toReversed())];
  return (): void => mustContain(theirs, allowedBy("us", ["payments"], [own]));
};

/** Proves so many policies of ten blocks each against one zone of a thousand. */
const judging = (count: number) => {
  const all = cidrs(1_000);
  const allowed = allowedBy("us", ["payments"], [spec(all)]);
  const policies = Array.from({ length: count }, (_, at) => policy(all.slice((at * 7) % 990, ((at * 7) % 990) + 10)));
  return (): void => policies.forEach((one) => mustContain(one, allowed));
};

/** Compiles a zone of so many blocks, 256 to a network; past 50,000 that ends in a refusal. */
const compiling = (count: number) => {
  const all = cidrs(count);
  const networks = Array.from({ length: Math.ceil(count / 256) }, (_, at) => ({
    name: `n${at}`,
    addresses: addressesOf(all.slice(at * 256, at * 256 + 256)),
    ports: [...ports],
  }));
  const input = { zone: zone({ egress: { ...zone().egress, networks } }), clusters: [], apiServer: undefined, dns: [] };
  return (): unknown => compile(input);
};

const curves = [
  {
    title: (n: string, half: string) => `prove ${n} CIDRs / ${half}`,
    work: proving,
    sizes: [12_500, 25_000, 50_000, 100_000],
  },
  { title: (n: string, half: string) => `prove ${n} policies / ${half}`, work: judging, sizes: [250, 500, 1_000] },
  {
    title: (n: string, half: string) => `compile ${n} CIDRs / ${half}`,
    work: compiling,
    sizes: [12_500, 25_000, 50_000, 100_000],
  },
];

/** How prover and compiler grow: each doubling beside what it is the double of. */
export const egressSection = async function* (): AsyncGenerator<Measure> {
  for (const { title, work, sizes } of curves)
    for (const size of sizes) {
      const { median, lowest, highest } = compare({ title: "", a: work(size), b: work(size / 2) });
      const [whole, half] = [size, size / 2].map((count) => count.toLocaleString("en-US"));
      yield {
        title: title(whole ?? "", half ?? ""),
        value: median,
        unit: "",
        low: lowest,
        high: highest,
        target: doubling,
      };
    }
};
