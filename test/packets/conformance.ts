import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { must } from "../cluster/client.ts";
import type { PodName } from "../cluster/kubelet.ts";
import { ref, type KubeObject, type Manifest } from "../cluster/objects.ts";
import { namespaceOf } from "../e2e/resources.ts";
import { cases, type Case, type CasePolicy, type CaseRow, type Place } from "./conformance-cases.ts";
import { pods } from "./names.ts";
import type { Stage } from "./stage.ts";
import { settle, wanted, type Row } from "./table.ts";

const kind = { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" } as const;
const servers = "conformance-y";
const all = Object.entries(cases).map(([says, each], index) => ({ says, each, x: `conformance-${index}` }));
type Known = (typeof all)[number];

/** Which pod a case means by "x/a", outside zones. */
const podOf = (x: string, named: string): PodName => {
  const [place = "", name = ""] = named.split("/");
  return place === "z" ? pods.free : { namespace: place === "x" ? x : servers, name };
};

const clientsOf = ({ each, x }: Known): readonly PodName[] => {
  const named = each.steps.flatMap(({ rows }) => rows.flatMap(([from, to]) => [from, to]));
  return [...new Set(named.filter((pod) => pod.startsWith("x/")))].map((pod) => podOf(x, pod));
};

const manifest = (place: Pick<Place, "x" | "y">, { in: where, name, spec }: CasePolicy, prefix = ""): Manifest => ({
  ...ref(kind.apiVersion, kind.kind, `${prefix}${name}`, place[where]),
  spec,
});

type OnStage = (body: (stage: Stage, t: TestContext) => Promise<void>) => (t: TestContext) => Promise<void> | void;

/** Kubernetes' own egress cases, outside zones, where they say what packets meet, and in a zone, where they change nothing. */
export const conformanceTests = (
  onStage: OnStage,
  { zoneHolds }: { readonly zoneHolds: (stage: Stage) => Promise<void> },
): void => {
  test(
    "Kubernetes' own egress cases hold outside zones",
    onStage(async (stage) => {
      const { cluster, addPod } = stage;
      await Promise.all([servers, ...all.map(({ x }) => x)].map((name) => makeOpen(stage, name)));
      const ports = { tcp: [80, 81, 82] };
      // On every pod, as there: kube-router reads what a name means from the policy's own namespace.
      const named = { 80: "serve-80-tcp" };
      await Promise.all([
        ...["a", "b", "c", "d"].map((name) =>
          addPod({ name, namespace: servers }, "b", { ports, named, labels: { pod: name } }),
        ),
        ...all.flatMap((known) => {
          const serve = isServed(known.each) ? { ports } : {};
          return clientsOf(known).map((pod) => addPod(pod, "a", { ...serve, named, labels: { pod: pod.name } }));
        }),
      ]);
      for (const step of [0, 1]) {
        const stepping = all.filter(({ each }) => each.steps.length > step);
        await Promise.all(stepping.map((known) => write(stage, known, step)));
        const rows = all.flatMap((known) => rowsOf(stage, known, Math.min(step, known.each.steps.length - 1)));
        const places = new Map(rows.map(({ from, pod }) => [from, pod]));
        const seen = await settle((from, targets) => stage.send(places.get(from) ?? "outside", targets), rows);
        assert.deepEqual(seen, wanted(rows));
      }
      for (const { x } of all) await cluster.admin.delete(ref("v1", "Namespace", x));
      await cluster.admin.delete(ref("v1", "Namespace", servers));
    }),
  );

  test(
    "E1 in a zone Kubernetes' own egress cases are refused where they open more, and with the others every packet meets what it met",
    onStage(async (stage) => {
      const { admin } = stage.cluster;
      const place = { x: pods.client.namespace, y: pods.far.namespace, b4: stage.addressesOf(pods.far).v4 };
      const answers: Record<string, Record<string, boolean>> = {};
      const written: Manifest[] = [];
      for (const [index, { says, each }] of all.entries())
        for (const { policies } of each.steps)
          for (const policy of policies(place)) {
            const object = manifest(place, policy, `case-${index}-`);
            const { ok, status, message } = await admin.create(object);
            if (ok) written.push(object);
            else if (status !== 409) assert.match(message, /\(PolicyWidensZone\)/);
            (answers[says] ??= {})[policy.name] = ok || status === 409;
          }
      const letIn = Object.entries(answers).map(([says, theirs]) => [
        says,
        Object.keys(theirs).filter((name) => theirs[name]),
      ]);
      assert.deepEqual(Object.fromEntries(letIn), Object.fromEntries(all.map(({ says, each }) => [says, each.letIn])));
      await zoneHolds(stage);
      for (const object of written) await must(admin.delete(object));
    }),
  );
};

const isServed = ({ steps }: Case): boolean => steps.some(({ rows }) => rows.some(([, to]) => to.startsWith("x/")));

const makeOpen = async ({ cluster: { admin } }: Stage, name: string): Promise<void> => {
  await must(admin.create(namespaceOf(name)));
  await admin.until(ref("v1", "ServiceAccount", "default", name), () => true, {
    describe: `${name} is ready for pods`,
  });
};

/** Makes a case's policies outside zones what this step says. */
const write = async ({ cluster: { admin }, addressesOf }: Stage, { each, x }: Known, step: number): Promise<void> => {
  const place = { x, y: servers, b4: addressesOf({ name: "b", namespace: servers }).v4 };
  const policies = each.steps[step]?.policies(place) ?? [];
  const kept = new Set(policies.map(({ name }) => name));
  const { items } = await must(admin.list<KubeObject>(kind, { namespace: x }));
  for (const { metadata } of items)
    if (!kept.has(metadata.name ?? ""))
      await must(admin.delete(ref(kind.apiVersion, kind.kind, metadata.name ?? "", x)));
  for (const policy of policies)
    await must(admin.apply(manifest(place, policy), { fieldManager: "tests", force: true }));
};

const rowsOf = (
  { addressesOf }: Stage,
  { each, x }: Known,
  step: number,
): readonly (Row<string> & { readonly pod: PodName })[] =>
  (each.steps[step]?.rows ?? []).flatMap(([from, to, port, passes]: CaseRow) => {
    const { v4, v6 } = addressesOf(podOf(x, to));
    return (each.only4 ? [v4] : [v4, v6]).map((address) => ({
      from: `${x} ${from}`,
      pod: podOf(x, from),
      to: { address, port: to.startsWith("z/") ? 8080 : port },
      wants: passes ? ("open" as const) : ("refused" as const),
    }));
  });
