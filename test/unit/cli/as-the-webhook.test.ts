import assert from "node:assert/strict";
import * as fc from "fast-check";
import { test } from "node:test";
import type { Decided } from "../../../src/admission/decided.ts";
import { mutatePod } from "../../../src/admission/pods.ts";
import { readReview, type Review } from "../../../src/admission/review.ts";
import { mutateTemplate } from "../../../src/admission/templates.ts";
import { mutateNamespace, validateNamespace } from "../../../src/admission/namespaces.ts";
import { withManifests } from "../../../src/cli/manifest-world.ts";
import { listed, type Lists } from "../../../src/zone/listed.ts";
import { namersOf } from "../../../src/zone/named-namespaces.ts";
import { judge } from "../../../src/cli/judge.ts";
import type { Outcome } from "../../../src/cli/judgement.ts";
import { requests } from "../../native/random-pods.ts";
import { review } from "../admission/reviews.ts";
import { namespace, world, zone, zoneRecord } from "../world.ts";

const namespaces: Readonly<Record<string, readonly [zone: string | undefined, sealed: string | undefined]>> = {
  payments: ["us", "us"],
  fresh: ["us", undefined],
  left: ["left", "left"],
  warned: ["warned", undefined],
  audited: ["audited", undefined],
  ghost: ["gone", undefined],
  shop: [undefined, undefined],
};
const seen = world({
  zones: [
    zoneRecord(zone()),
    zoneRecord(zone({ name: "left", templates: "Warn" })),
    zoneRecord(zone({ name: "warned", enforcement: "Warn" })),
    zoneRecord(zone({ name: "audited", enforcement: "Audit" })),
  ],
  namespaces: Object.entries(namespaces).map(([name, [of, sealed]]) => namespace(name, { zone: of, sealed })),
});
/** Zones that name namespaces. */
const zonesThat: Lists = {
  zones: [
    zoneRecord(zone(), { namespaces: ["named", "named-twice"] }),
    zoneRecord(zone({ name: "warned", enforcement: "Warn" }), { namespaces: ["named-twice"] }),
  ],
};
const naming = listed(zonesThat);
const pods = requests(Object.keys(namespaces), { name: "node-1", uid: "uid-1" }).filter(
  ({ onto }) => onto === "nothing",
);

/** What a webhook's answer is called at the command line. */
const calledOf = ({ outcome }: Decided): Outcome => {
  if (outcome.kind === "denied") return "refused";
  if (outcome.kind === "patched") return "pinned";
  if (outcome.audited !== undefined) return "counted";
  return outcome.warnings.length > 0 ? "warned" : "allowed";
};

const saidOf = ({ outcome }: Decided): string => {
  if (outcome.kind === "denied") return outcome.message;
  return outcome.kind === "allowed" ? (outcome.audited ?? outcome.warnings.join()) : "";
};

const reviewOf = (object: object, at: string, request: object): Review => {
  const reading = readReview(review(object, { namespace: at, ...request }));
  assert.ok(reading.kind === "review");
  return reading.review;
};

const same = (kind: string, group: string, object: Readonly<Record<string, unknown>>, decided: Decided): void => {
  const { judgements } = judge(seen, seen, [{ file: "x", object, kind, group }], "default");
  const [{ outcome, rule, next, problems } = { outcome: "none", rule: "", next: "", problems: [] }] = judgements;
  assert.equal(outcome, calledOf(decided));
  if (!["refused", "warned", "counted"].includes(outcome)) return;
  for (const part of [rule, next, ...problems.map(({ field, found }) => `${field} ${found}`)])
    assert.ok(saidOf(decided).includes(part), `${part} is in: ${saidOf(decided)}`);
};

test("whatever pod is created, the command line says what the webhook would answer, in the same words", () => {
  fc.assert(
    fc.property(pods, ({ namespace: at, pod }) => {
      const object = { apiVersion: "v1", kind: "Pod", ...pod, metadata: { ...pod.metadata, name: "x", namespace: at } };
      same("Pod", "", object, mutatePod(seen, reviewOf(object, at, {})));
    }),
    { numRuns: 1_000 },
  );
});

test("whatever template is created, the command line says what the webhook would answer, in the same words", () => {
  const kinds = fc.constantFrom("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob");
  fc.assert(
    fc.property(pods, kinds, fc.boolean(), ({ namespace: at, pod }, kind, owned) => {
      const group = kind === "Job" || kind === "CronJob" ? "batch" : "apps";
      const owners = owned ? { ownerReferences: pod.metadata?.ownerReferences ?? [] } : {};
      const spec = kind === "CronJob" ? { jobTemplate: { spec: { template: pod } } } : { template: pod };
      const object = { apiVersion: `${group}/v1`, kind, metadata: { name: "x", namespace: at, ...owners }, spec };
      const request = { kind: { group, version: "v1", kind } };
      same(kind, group, object, mutateTemplate(seen, reviewOf(object, at, request)));
    }),
    { numRuns: 1_000 },
  );
});

test("whatever namespace is created, the command line says what the webhooks would answer, in the same words", () => {
  const names = fc.constantFrom("named", "named-twice", "new", "kube-system");
  const labels = fc.option(fc.constantFrom("us", "warned", "gone"), { nil: undefined });
  fc.assert(
    fc.property(names, labels, (name, label) => {
      const metadata = { name, ...(label === undefined ? {} : { labels: { "domicile.dev/zone": label } }) };
      const object = { apiVersion: "v1", kind: "Namespace", metadata };
      const request = { kind: { group: "", version: "v1", kind: "Namespace" } };
      const named = namersOf(naming, name).length > 0;
      const first = named ? mutateNamespace(naming, reviewOf(object, name, request)) : undefined;
      // What validates sees what was made of it.
      const zoneNow = first?.outcome.kind === "patched" ? first.zone : label;
      const made =
        zoneNow === undefined ? object : { ...object, metadata: { name, labels: { "domicile.dev/zone": zoneNow } } };
      const last = validateNamespace(naming, reviewOf(made, name, request));
      const answered = first?.outcome.kind === "denied" ? first : last;
      const manifests = [{ file: "x", object, kind: "Namespace", group: "" }];
      const after = listed(withManifests(zonesThat, manifests, () => undefined));
      const [{ outcome, rule } = { outcome: "none", rule: "" }] = judge(after, naming, manifests, "default").judgements;
      assert.equal(outcome === "refused", answered.outcome.kind === "denied", JSON.stringify(answered));
      if (outcome === "refused") assert.ok(saidOf(answered).includes(rule), `${rule} is in: ${saidOf(answered)}`);
      else assert.equal(after.namespaces.get(name)?.zone, zoneNow);
    }),
  );
});
