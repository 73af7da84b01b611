import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { assertAgreement } from "./agree.ts";
import { openedByAdmin, type AdminSpec, type Peer, type Port } from "./naive-admin-policy.ts";
import { namespaces, podsOf, present } from "./policies.ts";
import { runs, seed } from "./random.ts";
import { cidr, ground } from "./zones.ts";

const pods: fc.Arbitrary<Peer> = fc.oneof(
  namespaces.map((one) => ({ namespaces: one })),
  fc.record({ namespaceSelector: namespaces, podSelector: podsOf }).map((one) => ({ pods: one })),
);
const outward: fc.Arbitrary<Peer> = fc.oneof(
  pods,
  fc
    .array(fc.oneof({ arbitrary: cidr, weight: 9 }, { arbitrary: fc.constantFrom("0.0.0.0/0", "::/0"), weight: 1 }), {
      minLength: 1,
      maxLength: 4,
    })
    .map((networks) => ({ networks })),
);

const number = fc.constantFrom(1, 2, 3, 4, 53, 443);
const range = fc.constantFrom({ start: 1, end: 4 }, { start: 2, end: 443 }, { start: 1, end: 65535 });
const numbers = fc.oneof(
  fc.constant({}),
  number.map((one) => ({ destinationPort: { number: one } })),
  range.map((one) => ({ destinationPort: { range: one } })),
);
const newer: fc.Arbitrary<Port> = fc.oneof(
  numbers.map((tcp) => ({ tcp })),
  numbers.map((udp) => ({ udp })),
  numbers.map((sctp) => ({ sctp })),
  fc.constant({ destinationNamedPort: "web" }),
);
const protocol = fc.constantFrom("TCP", "UDP");
const older: fc.Arbitrary<Port> = fc.oneof(
  fc.record({ protocol, port: number }).map((portNumber) => ({ portNumber })),
  number.map((port) => ({ portNumber: { port } })),
  fc.tuple(protocol, range).map(([spoken, one]) => ({ portRange: { protocol: spoken, ...one } })),
  fc.constant({ namedPort: "web" }),
);

const several = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> => fc.array(one, { minLength: 1, maxLength: 3 });
const specOf = (allow: string, field: "protocols" | "ports", port: fc.Arbitrary<Port>): fc.Arbitrary<AdminSpec> => {
  const action = fc.constantFrom(allow, allow, "Deny", "Pass");
  const ports = fc.option(several(port), { nil: undefined });
  const rules = (side: "to" | "from", peer: fc.Arbitrary<Peer>): fc.Arbitrary<AdminSpec["egress"]> =>
    fc.array(
      fc.record({ action, peers: several(peer), ports }).map(({ action: does, peers, ports: open }) => ({
        action: does,
        ...present({ [side]: peers, [field]: open }),
      })),
      { maxLength: 4 },
    );
  return fc
    .record({
      priority: fc.constant(10),
      subject: fc.oneof(fc.constant({ namespaces: {} }), pods),
      egress: rules("to", outward),
      ingress: rules("from", pods),
    })
    .map(({ egress = [], ingress = [], ...rest }) => ({ ...rest, egress, ingress }));
};

const kinds: Readonly<Record<string, readonly [apiVersion: string, spec: fc.Arbitrary<AdminSpec>]>> = {
  ClusterNetworkPolicy: [
    "policy.networking.k8s.io/v1alpha2",
    fc
      .tuple(specOf("Accept", "protocols", newer), fc.constantFrom("Admin", "Admin", "Admin", "Baseline"))
      .map(([spec, tier]) => ({ tier, ...spec })),
  ],
  AdminNetworkPolicy: ["policy.networking.k8s.io/v1alpha1", specOf("Allow", "ports", older)],
};

for (const [kind, [apiVersion, arbitrary]] of Object.entries(kinds))
  test(`E2 of a ${kind} prover and naive evaluator say the same at every boundary`, (t) => {
    const said = { contained: 0, wider: 0, unproved: 0 };
    fc.assert(
      fc.property(ground, arbitrary, ({ specs, allowed, allows }, spec) => {
        const policy = { apiVersion, kind, metadata: { name: "theirs" }, spec };
        const opens = openedByAdmin(spec, ["payments", "ledger"]);
        said[assertAgreement({ policy, written: [spec, ...specs], allowed, opens, allows })]++;
      }),
      { seed, numRuns: runs },
    );
    t.diagnostic(`DOMICILE_SEED=${seed}: ${JSON.stringify(said)}`);
    assert.equal(said.unproved, 0, "nothing that is tried here is beyond proof");
    assert.ok(said.contained > runs / 10 && said.wider > runs / 10, "both answers are tried");
  });
