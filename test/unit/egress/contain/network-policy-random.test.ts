import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { contain } from "../../../../src/egress/contain.ts";
import { assertAgreement } from "./agree.ts";
import { openedBy, type Spec } from "./naive-network-policy.ts";
import { networkPolicy } from "./policies.ts";
import { runs, seed } from "./random.ts";
import { ground } from "./zones.ts";

const policyOf = (spec: Spec): unknown => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "theirs", namespace: "payments" },
  spec,
});

test("E1 a NetworkPolicy is contained exactly when no packet at any boundary is opened by it and not by the zone", (t) => {
  const said = { contained: 0, wider: 0, unproved: 0 };
  fc.assert(
    fc.property(ground, networkPolicy, ({ specs, allowed, allows }, spec) => {
      const opens = openedBy(spec, "payments");
      said[assertAgreement({ policy: policyOf(spec), written: [spec, ...specs], allowed, opens, allows })]++;
    }),
    { seed, numRuns: runs },
  );
  t.diagnostic(`DOMICILE_SEED=${seed}: ${JSON.stringify(said)}`);
  assert.equal(said.unproved, 0, "nothing in a NetworkPolicy is beyond proof");
  assert.ok(said.contained > runs / 10 && said.wider > runs / 10, "both answers are tried");
});

test("E1 policies are contained together exactly when each of them is", () => {
  fc.assert(
    fc.property(ground, networkPolicy, networkPolicy, ({ allowed }, one, other) => {
      // The union of two policies that select the same pods is one policy with the rules of both.
      const types = ["Ingress", "Egress"];
      const rulesOf = (spec: Spec): Required<Pick<Spec, "egress" | "ingress">> => ({
        egress: spec.policyTypes?.length === 1 && spec.policyTypes[0] === "Ingress" ? [] : (spec.egress ?? []),
        ingress: spec.policyTypes?.length === 1 && spec.policyTypes[0] === "Egress" ? [] : (spec.ingress ?? []),
      });
      const [a, b] = [rulesOf(one), rulesOf(other)];
      const both = {
        policyTypes: types,
        egress: [...a.egress, ...b.egress],
        ingress: [...a.ingress, ...b.ingress],
      };
      const isContained = (spec: Spec): boolean => contain(policyOf(spec), allowed).kind === "contained";
      assert.equal(
        isContained(both),
        isContained({ policyTypes: types, ...a }) && isContained({ policyTypes: types, ...b }),
      );
    }),
    { seed, numRuns: runs },
  );
});
