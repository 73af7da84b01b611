import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { parseAllDocuments } from "yaml";
import { must } from "../cluster/client.ts";
import { templateChart } from "../cluster/helm.ts";
import { field, ref, type KubeObject } from "../cluster/objects.ts";
import { home, release, untilSealed, values } from "../e2e/domicile.ts";
import {
  closeStage,
  definitions,
  furnish,
  inside,
  leftovers,
  openStage,
  podsCanBeMade,
  type Stage,
  untilUnregistered,
  zone,
} from "./stage.ts";

let stage: Stage;
let manifests: readonly KubeObject[];
let furnished = false;

before(async () => {
  stage = await openStage();
  // The pod of helm test and what belongs to it are no part of an installation.
  const wanted = { release, namespace: home, values, flags: ["--skip-tests"] };
  const { code, stdout, stderr } = await templateChart(stage.cluster, wanted);
  assert.equal(code, 0, stderr);
  manifests = parseAllDocuments(stdout).flatMap((document) => {
    const object: unknown = document.toJS();
    return object === null ? [] : [object as KubeObject];
  });
});
after(async () => {
  // What kubectl made Helm takes over only when it is marked so.
  const owner = [`meta.helm.sh/release-name=${release}`, `meta.helm.sh/release-namespace=${home}`];
  const crds = definitions.map((name) => `crd/${name}`);
  await stage.cluster.kubectl(["annotate", "--overwrite", ...crds, ...owner]);
  await closeStage(stage);
});

/** Deterministic, so that a failure can be run again. */
const shuffled = (objects: readonly KubeObject[], seed: number): readonly KubeObject[] => {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
  return objects
    .map((object) => ({ object, key: next() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ object }) => object);
};

const seed = Number(process.env["DOMICILE_SEED"] ?? 20_261_123);
const orders: Readonly<Record<string, (objects: readonly KubeObject[]) => readonly KubeObject[]>> = {
  "as they were rendered": (objects) => objects,
  "in reverse": (objects) => objects.toReversed(),
  [`shuffled (DOMICILE_SEED=${seed})`]: (objects) => shuffled(objects, seed),
};

for (const [index, [order, arrange]] of Object.entries(orders).entries())
  test(`O4 manifests applied with kubectl and deleted one by one ${order}: pods can be made everywhere`, async () => {
    const { cluster } = stage;
    const { admin } = cluster;
    const namespace = { ...ref("v1", "Namespace", home) };
    const stdin = [namespace, ...manifests].map((object) => JSON.stringify(object)).join("\n---\n");
    const applied = await cluster.kubectl(["apply", "--server-side", "--force-conflicts", "-f", "-"], { stdin });
    assert.equal(applied.code, 0, applied.stderr);
    await admin.until(
      ref("apps/v1", "Deployment", "domicile", home),
      (now) => field(now, "status.readyReplicas") === 2,
      { describe: "both replicas are ready", deadlineMs: 120_000 },
    );
    if (!furnished) await furnish(stage);
    furnished = true;
    await untilSealed(cluster, inside, zone);

    // A CustomResourceDefinition takes zones with it, which wait for whoever lifts their finalizers.
    const mine = manifests.filter(({ kind }) => kind !== "CustomResourceDefinition");
    for (const { apiVersion, kind, metadata } of arrange(mine))
      await must(
        admin.delete({
          apiVersion,
          kind,
          metadata: { name: metadata.name ?? "", namespace: metadata.namespace ?? home },
        }),
      );
    await untilUnregistered(cluster);
    await podsCanBeMade(cluster, `manifests-${index}`);
    await admin.untilList({ apiVersion: "v1", kind: "Pod" }, (pods) => pods.length === 0, {
      namespace: home,
      describe: "Domicile's pods are gone",
    });
    await untilUnregistered(cluster);
    assert.deepEqual(
      (await leftovers(cluster)).filter((name) => !name.startsWith("customresourcedefinition")),
      [],
    );
  });
