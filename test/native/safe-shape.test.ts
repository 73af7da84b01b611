import assert from "node:assert/strict";
import * as fc from "fast-check";
import { after, before, test } from "node:test";
import { mutatePod, validatePod } from "../../src/admission/pods.ts";
import type { Review } from "../../src/admission/review.ts";
import { webhookConfigurations } from "../../src/controllers/webhook-configurations.ts";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { ref, type KubeObject, type Manifest } from "../cluster/objects.ts";
import { registrationOf } from "../unit/controllers/registration-of.ts";
import * as known from "../unit/world.ts";
import { untilStatus } from "./guards.ts";
import { requests, type Request } from "./random-pods.ts";

// The configurations as Domicile compiles them, with nobody behind them: what the API server stores it stored without a
// call, because the conditions let it pass. All of that must be what Domicile would have let in as it is.
const runs = Number(process.env["DOMICILE_SHAPE_RUNS"] ?? 300);
const seed = Number(process.env["DOMICILE_SHAPE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

/** Namespaces by name, with the zone that the label names and the zone they are sealed for. */
const namespaces: Readonly<Record<string, readonly [zone: string, sealed?: string]>> = {
  "shape-sealed": ["us", "us"],
  "shape-sealed-too": ["us", "us"],
  "shape-unsealed": ["us"],
  "shape-moved": ["us", "eu"],
  "shape-gone": ["ghost", "ghost"],
};
const world = known.world({
  zones: [
    known.zoneRecord(known.zone({ regions: [known.region("us-phoenix-1")] })),
    known.zoneRecord(known.zone({ name: "eu" })),
  ],
  namespaces: Object.entries(namespaces).map(([name, [zone, sealed]]) => known.namespace(name, { zone, sealed })),
});
const { mutating, validating } = webhookConfigurations(
  registrationOf({ us: "Enforce", eu: "Enforce" }, ["kube-system"]),
);
const configurations: readonly Manifest[] = [mutating, validating].map(({ apiVersion, kind, webhooks }) => ({
  ...ref(apiVersion, kind, "safe-shape"),
  webhooks,
}));

let cluster: Cluster;
const stored = new Map<string, KubeObject>();

const podOf = (namespace: string, name: string, { metadata, spec }: Partial<Request["pod"]>): KubeObject =>
  ({
    ...ref("v1", "Pod", name, namespace),
    metadata: { ...metadata, name, namespace },
    spec: { ...spec, containers: [{ name: "main", image: "example/app" }] },
  }) as KubeObject;

before(async () => {
  cluster = await connect();
  const { admin } = cluster;
  for (const [name, [zone, sealed]] of Object.entries(namespaces)) {
    const labels = { "domicile.dev/zone": zone, ...(sealed === undefined ? {} : { "domicile.dev/sealed": sealed }) };
    await must(admin.create({ ...ref("v1", "Namespace", name), metadata: { name, labels } }));
    await admin.until(ref("v1", "ServiceAccount", "default", name), () => true, {
      describe: `${name} has its service account`,
    });
    const gated = { spec: { schedulingGates: [{ name: "example.com/wait" }] } };
    for (const [kind, pod] of Object.entries({ gated, plain: { spec: { schedulerName: "nobody" } } }))
      stored.set(`${name}/${kind}`, await must(admin.create(podOf(name, kind, pod))));
  }
  for (const configuration of configurations) await must(admin.create(configuration));
  await untilStatus(500, () => admin.create(podOf("shape-unsealed", "probe", {}), { dryRun: true }));
});

after(async () => {
  const { admin } = cluster;
  for (const configuration of configurations) await admin.delete(configuration);
  for (const name of Object.keys(namespaces)) await admin.delete(ref("v1", "Namespace", name));
  for (const name of Object.keys(namespaces))
    await admin.untilGone(ref("v1", "Namespace", name), { describe: `namespace ${name} is gone` });
  await cluster.close();
});

/** The pod as it is sent: a new one, or a stored one changed in what the API server lets change. */
const sentAs = ({ namespace, onto, pod }: Request): KubeObject => {
  const old = stored.get(`${namespace}/${onto}`);
  if (old === undefined) return podOf(namespace, "random", pod);
  const { schedulingGates: _gates, ...spec } = (old.spec ?? {}) as Readonly<Record<string, unknown>>;
  return {
    ...old,
    metadata: { ...old.metadata, annotations: { ...old.metadata.annotations, ...pod.metadata?.annotations } },
    spec: { ...spec, ...(onto === "plain" ? {} : pod.spec) },
  };
};

/** What both webhooks would have answered to what was stored. */
const answers = ({ namespace, onto }: Request, object: KubeObject) => {
  const [, sealed] = namespaces[namespace] ?? [];
  const review: Review = {
    uid: "1",
    operation: onto === "nothing" ? "CREATE" : "UPDATE",
    kind: { group: "", version: "v1", kind: "Pod" },
    subresource: "",
    namespace,
    dryRun: true,
    name: "random",
    user: { name: "admin", groups: ["system:masters"] },
    object,
    oldObject: stored.get(`${namespace}/${onto}`),
  };
  const seen = { zone: sealed === "us" ? "us" : undefined };
  return [mutatePod(world, review, seen).outcome, validatePod(world, review, seen).outcome];
};

test("whatever the match conditions let pass, Domicile would have let in as it is (O3)", async (t) => {
  t.diagnostic(`DOMICILE_SHAPE_SEED=${seed} DOMICILE_SHAPE_RUNS=${runs}`);
  const counts = { passed: 0, called: 0 };
  await fc.assert(
    fc.asyncProperty(requests(Object.keys(namespaces), { name: "shape-node", uid: "1" }), async (request) => {
      const sent = sentAs(request);
      const { admin } = cluster;
      const answer =
        request.onto === "nothing"
          ? await admin.create<KubeObject>(sent, { dryRun: true })
          : await admin.update<KubeObject>(sent, { dryRun: true });
      if (!answer.ok) {
        assert.match(answer.message, /failed calling webhook/, String(answer.status));
        counts.called += 1;
        return;
      }
      counts.passed += 1;
      for (const outcome of answers(request, answer.body)) assert.deepEqual(outcome, { kind: "allowed", warnings: [] });
    }),
    { seed, numRuns: runs },
  );
  t.diagnostic(`${counts.passed} passed without a call, ${counts.called} were to be judged`);
  assert.ok(counts.passed > 0 && counts.called > 0, "chance made both");
});
