import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { NetworkPolicySpec } from "../../../src/api/kubernetes.ts";
import { compile } from "../../../src/egress/compile.ts";
import { addressesOf } from "../../../src/zone/networks.ts";
import type { Network, Port, RemoteCluster } from "../../../src/zone/zone.ts";
import { region, zone } from "../world.ts";
import { holds, passes } from "./evaluate.ts";

const protocols = ["TCP", "UDP", "SCTP"] as const;
const addresses = Array.from({ length: 16 }, (_, index) => [
  `203.0.113.${index}`,
  `2001:db8::${index.toString(16)}`,
]).flat();
const portNumbers = [1, 2, 3, 4, 5, 6];

/** A small universe: sixteen addresses of each family, six ports, three protocols. */
const cidr = fc
  .tuple(fc.boolean(), fc.integer({ min: 0, max: 15 }), fc.integer({ min: 0, max: 4 }))
  .map(([v4, at, host]) => {
    const first = (at >> host) << host;
    return v4 ? `203.0.113.${first}/${32 - host}` : `2001:db8::${first.toString(16)}/${128 - host}`;
  });
const port: fc.Arbitrary<Port> = fc
  .record({ protocol: fc.constantFrom(...protocols), port: fc.integer({ min: 1, max: 6 }), more: fc.option(fc.nat(3)) })
  .map(({ protocol, port: first, more }) => ({
    protocol,
    port: first,
    ...(more === null ? {} : { endPort: first + more }),
  }));
type Raw = { readonly cidrs: readonly string[]; readonly ports: readonly Port[] };
const raw: fc.Arbitrary<Raw> = fc.record({
  cidrs: fc.array(cidr, { minLength: 1, maxLength: 4 }),
  ports: fc.array(port, { minLength: 1, maxLength: 3 }),
});
const raws = fc.array(raw, { maxLength: 4 });

const network = ({ cidrs, ports }: Raw, index: number): Network => ({
  name: `n${index}`,
  addresses: addressesOf(cidrs),
  ports,
});
const cluster = (name: string, networks: readonly Raw[]): RemoteCluster => ({
  name,
  region: region("us-phoenix-1"),
  networks: networks.map(network),
});

function compiled(
  own: readonly Raw[],
  approved: readonly Raw[],
  foreign: readonly Raw[],
  from: readonly Raw[],
): readonly NetworkPolicySpec[] {
  const { egress } = zone();
  const got = compile({
    zone: zone({
      egress: { ...egress, clusters: ["approved"], networks: own.map(network) },
      ingress: {
        isolation: "Isolated",
        from: from.map(({ cidrs, ports }) => ({ kind: "addresses", addresses: addressesOf(cidrs), ports })),
      },
    }),
    clusters: [cluster("approved", approved), cluster("foreign", foreign)],
    apiServer: undefined,
    dns: [],
  });
  assert.equal(got.kind, "compiled");
  return got.kind === "compiled" ? got.specs.map(({ spec }) => spec) : [];
}

const approves = (approved: readonly Raw[], address: string, protocol: string, number: number): boolean =>
  approved.some(
    ({ cidrs, ports }) =>
      cidrs.some((block) => holds(block, address)) &&
      ports.some((p) => p.protocol === protocol && p.port <= number && number <= (p.endPort ?? p.port)),
  );

test("the policies let pass exactly what zone and approved clusters name, by address, protocol and port", () => {
  fc.assert(
    fc.property(raws, raws, raws, raws, (own, approved, foreign, from) => {
      const specs = compiled(own, approved, foreign, from);
      for (const peer of addresses)
        for (const protocol of protocols)
          for (const number of portNumbers) {
            const said = { pod: { app: "any" }, peer, protocol, port: number };
            const where = `${peer} ${protocol} ${number}`;
            assert.equal(
              passes(specs, { ...said, direction: "Egress" }),
              approves([...own, ...approved], peer, protocol, number),
              where,
            );
            assert.equal(
              passes(specs, { ...said, direction: "Ingress" }),
              approves(from, peer, protocol, number),
              where,
            );
          }
    }),
    { numRuns: 40 },
  );
});

test("E1 no rule is wider than it reads: peers and blocks are written, disjoint, without except, with ports and protocols", () => {
  fc.assert(
    fc.property(raws, raws, raws, (own, approved, from) => {
      for (const { podSelector, policyTypes, egress, ingress } of compiled(own, approved, [], from)) {
        assert.deepEqual([podSelector, policyTypes], [{}, ["Ingress", "Egress"]]);
        const rules = [
          ...egress.map(({ to, ports }) => ({ peers: to, ports })),
          ...ingress.map((r) => ({ peers: r.from, ports: r.ports })),
        ];
        for (const { peers = [], ports } of rules) {
          assert.ok(peers.length > 0);
          const blocks = peers.flatMap(({ ipBlock }) => (ipBlock === undefined ? [] : [ipBlock]));
          for (const address of addresses) assert.ok(blocks.filter((block) => holds(block.cidr, address)).length <= 1);
          for (const block of blocks) assert.deepEqual(Object.keys(block), ["cidr"]);
          if (blocks.length > 0) assert.ok(ports !== undefined && ports.length > 0);
          for (const each of ports ?? []) assert.ok(each.protocol !== undefined && each.port !== undefined);
        }
      }
    }),
  );
});

const turned = (list: readonly Raw[]): readonly Raw[] =>
  list.map(({ cidrs, ports }) => ({ cidrs: cidrs.toReversed(), ports: ports.toReversed() })).toReversed();

test("the order in which networks, clusters, blocks and ports are written changes nothing", () => {
  fc.assert(
    fc.property(raws, raws, (own, from) => {
      assert.deepEqual(compiled(turned(own), own, [], turned(from)), compiled(own, turned(own), [], from));
    }),
  );
});
