import assert from "node:assert/strict";
import { test } from "node:test";
import { compileNative, rememberNative, type CompiledAll } from "../../../src/controllers/native-compiled.ts";
import {
  judgesNatively,
  judgesPodsNatively,
  nativeSync,
  nativeWanted,
  type NativeParts,
} from "../../../src/controllers/native-registration.ts";
import { contentOf } from "../../../src/controllers/registered.ts";
import type { KubeObject } from "../../../src/kube/kube-object.ts";
import type { Lists } from "../../../src/zone/listed.ts";
import { namespace, node, pod, world, zone, zoneRecord } from "../world.ts";

const warning = zoneRecord(zone({ name: "eu", enforcement: "Warn" }));
const quiet: Lists = { zones: [zoneRecord(zone()), warning], namespaces: [namespace("payments")] };

type Stored = ReadonlyMap<string, KubeObject>;
const parts = (lists: Lists, stored: Stored, more: Partial<NativeParts> = {}): NativeParts => {
  const seen = (kind: string) => (name: string) => {
    const now = (): KubeObject | undefined => stored.get(`${kind} ${name}`);
    return { now, last: now };
  };
  return {
    world: world(lists),
    compile: compileNative,
    live: { policies: seen("ValidatingAdmissionPolicy"), bindings: seen("ValidatingAdmissionPolicyBinding") },
    webhooks: true,
    pinning: undefined,
    exempt: () => ["kube-system"],
    owner: "domicile-native-policies",
    user: "system:serviceaccount:domicile-system:domicile",
    ...more,
  };
};
const nothing: Stored = new Map();
/** What stands once everything was made for these zones. */
const made = (lists: Lists): Map<string, KubeObject> =>
  new Map(
    nativeWanted(parts(lists, nothing))("1").map(({ object }) => [
      `${object.kind} ${object.metadata.name}`,
      { metadata: { name: object.metadata.name }, spec: contentOf(object) } as KubeObject,
    ]),
  );

test("while no zone changes nothing is compiled, however often it is asked and whatever runs", () => {
  let compiled = 0;
  const compile = rememberNative((source): CompiledAll => {
    compiled += 1;
    return compileNative(source);
  });
  const ask = (lists: Lists, more: Partial<NativeParts> = {}) => {
    const asked = parts(lists, nothing, { compile, ...more });
    nativeWanted(asked)("1");
    judgesNatively(asked);
    return nativeSync(asked).hash;
  };
  const first = ask(quiet);
  ask(quiet);
  // Read anew, and with pods, nodes and namespaces that come and go.
  ask({ ...structuredClone(quiet), pods: [pod()], nodes: [node("a")] });
  ask({ ...quiet, namespaces: [namespace("payments"), namespace("shop", { zone: undefined, sealed: undefined })] });
  assert.equal(compiled, 1);
  const changes: readonly (readonly [Lists, Partial<NativeParts>?])[] = [
    [{ ...quiet, zones: [zoneRecord(zone())] }],
    [{ ...quiet, zones: [zoneRecord(zone(), { schedulers: ["batch"] }), warning] }],
    [{ ...quiet, zones: [zoneRecord(zone(), { namespaces: ["payments"] }), warning] }],
    [{ ...quiet, namespaces: [namespace("payments", { sealed: "ghost" })] }],
    [quiet, { exempt: () => ["kube-system", "dns"] }],
    [quiet, { webhooks: false }],
    [quiet, { user: "system:serviceaccount:elsewhere:domicile" }],
  ];
  const hashes = new Set([first]);
  for (const [lists, more] of changes) {
    const before: number = compiled;
    hashes.add(ask(lists, more));
    assert.equal(compiled, before + 1);
  }
  assert.equal(hashes.size, changes.length + 1);
});

test("O1 where all native policies are as compiled nothing differs, and the hash is that of the zones", () => {
  const stands = parts(quiet, made(quiet));
  assert.deepEqual(nativeSync(stands).differing, []);
  assert.equal(judgesNatively(stands), true);
  const elsewhere = parts(structuredClone(quiet), nothing);
  assert.equal(nativeSync(elsewhere).hash, nativeSync(stands).hash);
});

const differing: Readonly<
  Record<string, readonly [name: string, change: (now: KubeObject) => KubeObject | undefined]>
> = {
  "a policy of Domicile's is edited": [
    "ValidatingAdmissionPolicy domicile-pods",
    (now) => ({ ...now, spec: { ...(now.spec as object), failurePolicy: "Ignore" } }),
  ],
  "a binding of Domicile's only audits": [
    "ValidatingAdmissionPolicyBinding domicile-bindings",
    (now) => ({ ...now, spec: { ...(now.spec as object), validationActions: ["Audit"] } }),
  ],
  "a binding of Domicile's is gone": ["ValidatingAdmissionPolicyBinding domicile-pods", () => undefined],
  "a policy of the chart is edited": [
    "ValidatingAdmissionPolicy domicile-node-evidence",
    (now) => ({ ...now, spec: { ...(now.spec as object), failurePolicy: "Ignore" } }),
  ],
  "a policy of the chart is gone": ["ValidatingAdmissionPolicy domicile-sealed-label", () => undefined],
};

for (const [what, [name, change]] of Object.entries(differing))
  test(`O1 it is named when ${what}`, () => {
    const stored = made(quiet);
    const now = stored.get(name);
    assert.ok(now);
    const changed = change(now);
    if (changed === undefined) stored.delete(name);
    else stored.set(name, changed);
    const found = parts(quiet, stored);
    assert.deepEqual(nativeSync(found).differing, [name]);
    // The chart's guard marks; who judges pods is asked before anything is sealed.
    assert.equal(judgesNatively(found), !name.match(/domicile-(pods|bindings)/));
    // No webhook validates pods while what does so natively is as compiled, and one does again as soon as it is not.
    assert.equal(judgesPodsNatively(found), !name.endsWith(" domicile-pods"));
  });

test("O1 what was compiled for the zones of before differs once they change", () => {
  const enforcing = { ...quiet, zones: [zoneRecord(zone()), zoneRecord(zone({ name: "eu" }))] };
  assert.deepEqual(nativeSync(parts(enforcing, made(quiet))).differing, [
    "ValidatingAdmissionPolicy domicile-pods",
    "ValidatingAdmissionPolicy domicile-bindings",
    "ValidatingAdmissionPolicy domicile-canary",
    "ValidatingAdmissionPolicy domicile-containment",
    "ValidatingAdmissionPolicy domicile-exposure",
  ]);
});

test("O1 where native policy pins, its policy and its binding count too", () => {
  const pinning = { policy: parts(quiet, nothing).live.policies(""), binding: parts(quiet, nothing).live.bindings("") };
  const lacking = parts(quiet, made(quiet), { pinning });
  assert.deepEqual(nativeSync(lacking).differing, [
    "MutatingAdmissionPolicy domicile-pin",
    "MutatingAdmissionPolicyBinding domicile-pin",
  ]);
  assert.equal(judgesNatively(lacking), false);
});
