import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { parseAddress } from "../../../src/cidr/address.ts";
import { compile, grantsOf } from "../../../src/egress/compile.ts";
import { openedBy as grantsOpening, passage, type Connection, type FarEnd } from "../../../src/egress/passage.ts";
import type { Labels } from "../../../src/api/kubernetes.ts";
import type { PolicyFacts } from "../../../src/zone/facts.ts";
import { zone } from "../world.ts";
import { pods, spaces } from "./contain/agree.ts";
import { openedBy, type Spec } from "./contain/naive-network-policy.ts";
import { matches, passes, type End } from "./contain/packet.ts";
import { networkPolicy } from "./contain/policies.ts";
import { runs, seed } from "./contain/random.ts";
import { addressesIn, podsIn, portsIn } from "./contain/samples.ts";
import { ground, zoneParts } from "./contain/zones.ts";

const facts = (spec: Spec, at: number): PolicyFacts => ({
  namespace: "payments",
  name: `policy-${at}`,
  uid: `p${at}`,
  resourceVersion: "1",
  created: 0,
  labels: {},
  spec: { ...spec },
});

const farEnd = (end: End): FarEnd => {
  if (end.kind === "pod") return { kind: "pod", namespace: end.namespace, pod: end.pod };
  const read = parseAddress(end.kind === "address" ? end.address : "");
  assert.ok(read.ok);
  return { kind: "address", address: read.address };
};

/** What policies do with a packet, word by word: they isolate whom they select, and then open what any of them opens. */
const naive = (specs: readonly Spec[], pod: Labels, { direction, ...packet }: Connection, end: End): string => {
  const isolating = specs.filter((spec) => {
    const types = spec.policyTypes?.length ? spec.policyTypes : ["Ingress", ...(spec.egress?.length ? ["Egress"] : [])];
    return matches(spec.podSelector ?? {}, pod) && types.includes(direction === "egress" ? "Egress" : "Ingress");
  });
  if (isolating.length === 0) return "open";
  return isolating.some((spec) => passes(openedBy(spec, "payments"), { direction, ...packet, end }))
    ? "allowed"
    : "refused";
};

const packetsIn = (written: unknown): fc.Arbitrary<{ readonly end: End; readonly connection: Connection }> =>
  fc
    .record({
      direction: fc.constantFrom("egress" as const, "ingress" as const),
      end: fc.constantFrom(...addressesIn(written), ...podsIn(written, spaces, pods)),
      protocol: fc.constantFrom("TCP" as const, "UDP" as const, "SCTP" as const),
      port: fc.constantFrom(...portsIn(written)),
    })
    .map(({ end, ...rest }) => ({ end, connection: { ...rest, end: farEnd(end) } }));

const labels = fc.constantFrom<Labels>({}, { app: "a" }, { app: "b" }, { app: "other", "k8s-app": "other" });

test("what is said of a connection is what the policies do with it, packet by packet", (t) => {
  const said: Record<string, number> = { open: 0, allowed: 0, refused: 0 };
  const cases = fc
    .tuple(
      fc.oneof(
        ground.map(({ specs }) => specs),
        fc.constant([]),
      ),
      fc.array(networkPolicy, { maxLength: 3 }),
      labels,
    )
    .chain(([ours, others, pod]) => {
      const specs = [...ours, ...others];
      return fc.record({
        specs: fc.constant(specs),
        pod: fc.constant(pod),
        packets: fc.array(packetsIn(specs), { minLength: 20, maxLength: 20 }),
      });
    });
  fc.assert(
    fc.property(cases, ({ specs, pod, packets }) => {
      for (const { end, connection } of packets) {
        const found = passage({ namespace: "payments", pod, policies: specs.map(facts) }, connection);
        const want = naive(specs, pod, connection, end);
        assert.equal(
          found.kind,
          want,
          JSON.stringify({ specs, pod, end, connection: { ...connection, end: undefined } }),
        );
        assert.deepEqual(found.unread, []);
        said[want] = (said[want] ?? 0) + 1;
      }
    }),
    { seed, numRuns: runs },
  );
  t.diagnostic(`DOMICILE_SEED=${seed}: ${JSON.stringify(said)}`);
  assert.ok(
    Object.values(said).every((count) => count > runs / 10),
    "every answer is tried",
  );
});

test("a zone has a reason for a connection exactly when its policies allow it", () => {
  const cases = zoneParts.chain((parts) => {
    const input = { zone: zone(parts), clusters: [], apiServer: undefined, dns: [] };
    const [compiled, granted] = [compile(input), grantsOf(input)];
    assert.ok(compiled.kind === "compiled" && granted.kind === "granted");
    const specs = compiled.specs.map(({ spec }) => spec);
    return fc.record({ granted: fc.constant(granted), specs: fc.constant(specs), packet: packetsIn(specs) });
  });
  fc.assert(
    fc.property(cases, ({ granted, specs, packet: { end, connection } }) => {
      const opened = grantsOpening(granted, "payments", connection);
      const allowed = naive(specs, {}, connection, end) === "allowed";
      assert.equal(opened === "everybody" || opened.opening.length > 0, allowed);
    }),
    { seed, numRuns: runs * 5 },
  );
});

test("a policy that says what is not known here is named, for it may allow more", () => {
  const spec = { podSelector: {}, policyTypes: ["Egress"], egress: [{ to: [{ hostname: "example.com" }] }] };
  const [read] = [parseAddress("198.51.100.7")];
  assert.ok(read?.ok);
  const found = passage(
    { namespace: "payments", pod: {}, policies: [{ ...facts({}, 1), spec: spec as PolicyFacts["spec"] }] },
    { direction: "egress", end: { kind: "address", address: read.address }, protocol: "TCP", port: 443 },
  );
  assert.deepEqual(found.unread, [
    { policy: "policy-1", path: "spec.egress[0].to[0].hostname", message: "is a field that is not known here" },
  ]);
});

test("of a namespace that is not sealed nothing is taken for granted but its name", () => {
  const spec: Spec = {
    policyTypes: ["Egress"],
    egress: [
      { to: [{ namespaceSelector: { matchLabels: { "domicile.dev/sealed": "us" } } }] },
      { to: [{ podSelector: {} }], ports: [{ port: 1 }] },
    ],
  };
  const end = {
    kind: "pod" as const,
    namespace: { "kubernetes.io/metadata.name": "payments", "domicile.dev/zone": "us" },
    pod: {},
  };
  const at = (port: number) =>
    passage(
      { namespace: "payments", pod: {}, policies: [facts(spec, 1)] },
      { direction: "egress", end, protocol: "TCP", port },
    ).kind;
  assert.deepEqual([at(2), at(1)], ["refused", "allowed"]);
});
