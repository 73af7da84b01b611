import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { LabelSelector } from "../../../../src/api/kubernetes.ts";
import { assertAgreement } from "./agree.ts";
import { openedByCilium, type CiliumSpec, type Rule } from "./naive-cilium.ts";
import type { End, Opens } from "./packet.ts";
import { present } from "./policies.ts";
import { runs, seed } from "./random.ts";
import { cidr, ground, groundOf, selectorOver } from "./zones.ts";

const space = "io.cilium.k8s.namespace.labels.";
const name = "io.kubernetes.pod.namespace";
const clusterLabel = "io.cilium.k8s.policy.cluster";
const spaces = fc.constantFrom<LabelSelector>(
  {},
  {},
  { matchLabels: { [name]: "payments" } },
  { matchLabels: { [`k8s:${name}`]: "ledger" } },
  { matchLabels: { [name]: "kube-system", "any:k8s-app": "kube-dns" } },
  { matchLabels: { [`k8s:${space}domicile.dev/sealed`]: "us" } },
  { matchLabels: { [`${space}domicile.dev/sealed`]: "eu" } },
  { matchLabels: { [`${space}team`]: "a" } },
  { matchExpressions: [{ key: `${space}domicile.dev/sealed`, operator: "Exists" }] },
  { matchExpressions: [{ key: name, operator: "Exists" }] },
);
const clusters = fc.constantFrom<LabelSelector>(
  {},
  {},
  {},
  { matchLabels: { [clusterLabel]: "home" } },
  { matchLabels: { [`k8s:${clusterLabel}`]: "abroad" } },
  { matchExpressions: [{ key: clusterLabel, operator: "In", values: ["home", "abroad"] }] },
);
const endpoints = fc.tuple(spaces, clusters, selectorOver("app")).map((all) => ({
  matchLabels: Object.assign({}, ...all.map(({ matchLabels }) => matchLabels ?? {})) as Record<string, string>,
  matchExpressions: all.flatMap(({ matchExpressions }) => matchExpressions ?? []),
}));

const wide = fc.oneof({ arbitrary: cidr, weight: 9 }, { arbitrary: fc.constantFrom("0.0.0.0/0", "::/0"), weight: 1 });
const some = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> => fc.array(one, { minLength: 1, maxLength: 3 });
const entity = fc.constantFrom("all", "none", "world", "world-ipv4", "world-ipv6", "cluster", "host", "kube-apiserver");
const sides = fc.oneof(
  some(endpoints).map((items) => ["Endpoints", items] as const),
  some(wide).map((items) => ["CIDR", items] as const),
  some(
    fc
      .constantFrom("203.0.113.0/28", "2001:db8::/124")
      .chain((whole) => fc.array(cidr, { maxLength: 3 }).map((except) => ({ cidr: whole, except }))),
  ).map((items) => ["CIDRSet", items] as const),
  some(entity).map((items) => ["Entities", items] as const),
  fc.constant(undefined),
);
const port = fc
  .record({
    port: fc.constantFrom("0", "1", "2", "53", "443", "web"),
    endPort: fc.constantFrom(undefined, undefined, 443, 65535),
    protocol: fc.constantFrom(undefined, "ANY", "TCP", "tcp", "UDP", "SCTP"),
  })
  .map(({ port: first, ...rest }) => ({
    port: first,
    ...present(first === "web" ? { protocol: rest.protocol } : rest),
  }));
const ports = fc.oneof(
  fc.constant({}),
  some(port).map((all) => ({ toPorts: [{ ports: all }] })),
  fc.constant({ icmps: [{ fields: [{ type: 8, family: "IPv4" }] }] }),
);
const rulesOf = (side: "to" | "from"): fc.Arbitrary<readonly Rule[]> =>
  fc.array(
    fc.tuple(sides, ports).map(([peers, open]): Rule => ({
      ...open,
      ...(peers === undefined ? {} : { [`${side}${peers[0]}`]: peers[1] }),
    })),
    { maxLength: 2 },
  );
const spec: fc.Arbitrary<CiliumSpec> = fc.record(
  {
    endpointSelector: fc.oneof(fc.constant({}), selectorOver("app")),
    egress: rulesOf("to"),
    egressDeny: rulesOf("to"),
    ingress: rulesOf("from"),
    ingressDeny: rulesOf("from"),
  },
  { requiredKeys: ["endpointSelector"] },
);

const others: readonly End[] = [
  ...["host", "kube-apiserver", "health"].map((one): End => ({ kind: "other", name: `it (entity ${one})` })),
  { kind: "other", name: "whoever has neither an address nor labels" },
];
/** Pods of another cluster, of which the names and labels that namespaces have here say nothing. */
const foreign: readonly End[] = ["payments", "ledger", "kube-system"].flatMap((one) =>
  [{}, { "domicile.dev/sealed": "us" }, { team: "a", "domicile.dev/sealed": "us" }].flatMap((labels) =>
    [{}, { app: "a" }, { "k8s-app": "kube-dns" }].map((pod): End => ({
      kind: "pod",
      namespace: { ...labels, "kubernetes.io/metadata.name": one },
      pod,
      cluster: "abroad",
    })),
  ),
);

for (const kind of ["CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"])
  for (const cluster of [undefined, "home"])
    test(`E2 of a ${kind} ${cluster === undefined ? "" : "in a mesh "}prover and naive evaluator say the same`, (t) => {
      const said = { contained: 0, wider: 0, unproved: 0 };
      fc.assert(
        fc.property(ground, spec, ({ specs }, theirs) => {
          const namespace = kind === "CiliumNetworkPolicy" ? "payments" : undefined;
          const metadata = { name: "theirs", ...present({ namespace }) };
          const policy = { apiVersion: "cilium.io/v2", kind, metadata, spec: theirs };
          const { allowed, allows } = groundOf(specs, cluster);
          // What the zone allows to pods it allows to pods here; to everybody is to everybody.
          const here: Opens = (direction, end) =>
            end.kind === "pod" && end.cluster !== undefined && end.cluster !== cluster
              ? allows(direction, { kind: "other", name: "a pod elsewhere" })
              : allows(direction, end);
          const opens = openedByCilium(theirs, { namespace, cluster });
          const written = [theirs, ...specs];
          const more = cluster === undefined ? others : [...others, ...foreign];
          said[assertAgreement({ policy, written, allowed, opens, allows: here }, more)]++;
        }),
        { seed, numRuns: runs },
      );
      t.diagnostic(`DOMICILE_SEED=${seed}: ${JSON.stringify(said)}`);
      assert.equal(said.unproved, 0, "nothing that is tried here is beyond proof");
      assert.ok(said.contained > runs / 20 && said.wider > runs / 20, "both answers are tried");
    });
