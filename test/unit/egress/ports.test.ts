import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { PolicyPort } from "../../../src/api/kubernetes.ts";
import { policyPorts } from "../../../src/egress/ports.ts";
import type { Port } from "../../../src/zone/zone.ts";

const tcp = (port: number, endPort?: number): Port => ({
  protocol: "TCP",
  port,
  ...(endPort === undefined ? {} : { endPort }),
});

const rows: Readonly<Record<string, readonly [ports: readonly Port[], written: readonly PolicyPort[]]>> = {
  "ports are sorted": [
    [tcp(8443), tcp(443)],
    [tcp(443), tcp(8443)],
  ],
  "the same port twice is written once": [[tcp(443), tcp(443)], [tcp(443)]],
  "a range of one port is a port": [[tcp(443, 443)], [tcp(443)]],
  "a port inside a range goes": [[tcp(1500), tcp(1024, 2048)], [tcp(1024, 2048)]],
  "a range inside a range of the same start goes": [[tcp(1, 5), tcp(1, 9)], [tcp(1, 9)]],
  "ranges that overlap stay": [
    [tcp(1, 5), tcp(3, 9)],
    [tcp(1, 5), tcp(3, 9)],
  ],
  "ports that touch are not made a range": [
    [tcp(443), tcp(444)],
    [tcp(443), tcp(444)],
  ],
  "the same port of another protocol stays": [
    [{ protocol: "UDP", port: 53 }, tcp(1, 100)],
    [tcp(1, 100), { protocol: "UDP", port: 53 }],
  ],
};

for (const [says, [ports, written]] of Object.entries(rows))
  test(`${says}`, () => {
    assert.deepEqual(policyPorts(ports), written);
  });

/** Each number of each protocol. */
const numbers = (ports: readonly (Port | PolicyPort)[]): ReadonlySet<string> =>
  new Set(
    ports.flatMap(({ protocol, port: first, endPort }) =>
      Array.from(
        { length: (endPort ?? Number(first)) - Number(first) + 1 },
        (_, at) => `${protocol} ${Number(first) + at}`,
      ),
    ),
  );

test("ports as written hold the same numbers as the ports that were asked for, and none lies inside another", () => {
  const port = fc
    .record({
      protocol: fc.constantFrom("TCP" as const, "UDP" as const),
      port: fc.integer({ min: 1, max: 9 }),
      more: fc.nat(4),
    })
    .map(({ protocol, port: first, more }) => ({ protocol, port: first, endPort: first + more }));
  fc.assert(
    fc.property(fc.array(port), (ports) => {
      const written = policyPorts(ports);
      assert.deepEqual(numbers(written).symmetricDifference(numbers(ports)).size, 0);
      for (const one of written)
        assert.ok(!written.some((other) => other !== one && numbers([one]).isSubsetOf(numbers([other]))));
    }),
  );
});
