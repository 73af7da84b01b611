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
import { podOf, removeNamespaces, sentBy, storePods, type Namespaces } from "./stored-pods.ts";

// The zone keeps its nodes to itself, for that asks for most. The configurations as Domicile compiles them, with nobody behind them: what the API server stores it stored without a
// call, because the conditions let it pass. All of that must be what Domicile would have let in as it is.
const runs = Number(process.env["DOMICILE_SHAPE_RUNS"] ?? 300);
const seed = Number(process.env["DOMICILE_SHAPE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

const namespaces: Namespaces = {
  "shape-sealed": ["us", "us"],
  "shape-sealed-too": ["us", "us"],
  "shape-unsealed": ["us"],
  "shape-moved": ["us", "eu"],
  "shape-gone": ["ghost", "ghost"],
};
const world = known.world({
  zones: [
    known.zoneRecord(known.zone({ regions: [known.region("us-phoenix-1")] }), { exclusive: true }),
    known.zoneRecord(known.zone({ name: "eu" })),
  ],
  namespaces: Object.entries(namespaces).map(([name, [zone, sealed]]) => known.namespace(name, { zone, sealed })),
});
const { mutating, validating } = webhookConfigurations(
  registrationOf({ us: "Enforce", eu: "Enforce" }, ["kube-system"], [], ["us"]),
);
const configurations: readonly Manifest[] = [mutating, validating].map(({ apiVersion, kind, webhooks }) => ({
  ...ref(apiVersion, kind, "safe-shape"),
  webhooks,
}));

let cluster: Cluster;
let stored: ReadonlyMap<string, KubeObject>;

before(async () => {
  cluster = await connect();
  const { admin } = cluster;
  stored = await storePods(admin, namespaces);
  for (const configuration of configurations) await must(admin.create(configuration));
  await untilStatus(500, () => admin.create(podOf("shape-unsealed", "probe", {}), { dryRun: true }));
});

after(async () => {
  const { admin } = cluster;
  for (const configuration of configurations) await admin.delete(configuration);
  await removeNamespaces(admin, namespaces);
  await cluster.close();
});

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
      const sent = sentBy(request, stored);
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
