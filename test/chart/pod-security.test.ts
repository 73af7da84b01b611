import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { field, ref } from "../cluster/objects.ts";
import { objects, pick } from "./render.ts";

let cluster: Cluster;
before(async () => {
  cluster = await connect();
});
after(async () => {
  await Promise.all(levels.map((level) => cluster.admin.delete(ref("v1", "Namespace", `chart-${level}`))));
  await cluster.close();
});

const levels = ["restricted", "baseline", "privileged"] as const;
type Level = (typeof levels)[number];

/** Which levels of Pod Security let a pod of the chart be created. */
const admittedAt = async (values: object, podOf: (values: object) => Promise<object>): Promise<readonly Level[]> => {
  const { admin } = cluster;
  const spec = await podOf(values);
  const admitted: Level[] = [];
  for (const level of levels) {
    const namespace = `chart-${level}`;
    const labels = { "pod-security.kubernetes.io/enforce": level };
    await admin.create({ ...ref("v1", "Namespace", namespace), metadata: { name: namespace, labels } });
    for (const account of ["domicile", "domicile-test"])
      await admin.create(ref("v1", "ServiceAccount", account, namespace));
    const answer = await admin.create({ ...ref("v1", "Pod", "domicile", namespace), spec }, { dryRun: true });
    if (answer.ok) admitted.push(level);
    else assert.match(answer.message, /violates PodSecurity/);
  }
  return admitted;
};
const replica = async (values: object) =>
  field(pick(await objects(cluster, values), "Deployment"), "spec.template.spec") as object;
const tester = async (values: object) =>
  field(pick(await objects(cluster, values), "Pod", "domicile-test"), "spec") as object;

test("Pod Security's restricted level admits the pod, whose root file system cannot be written", async () => {
  assert.deepEqual(await admittedAt({}, replica), levels);
  const spec = await replica({});
  assert.equal(field(spec, "containers.0.securityContext.readOnlyRootFilesystem"), true);
  assert.equal(field(spec, "volumes"), undefined);
});

test("Pod Security's restricted level admits the pod of helm test", async () => {
  assert.deepEqual(await admittedAt({}, tester), levels);
});

test("a pod in its node's network needs a namespace at level privileged, as values.yaml says", async () => {
  assert.deepEqual(await admittedAt({ hostNetwork: true }, replica), ["privileged"]);
});

test("of a pod's two accounts neither gives a token to pods that do not ask for one", async () => {
  const all = await objects(cluster, {});
  for (const name of ["domicile", "domicile-test"])
    assert.equal(pick(all, "ServiceAccount", name)["automountServiceAccountToken"], false);
});

test("no image is asked for by a tag that moves", async () => {
  for (const pod of [await replica({}), await tester({})])
    assert.match(String(field(pod, "containers.0.image")), /^domicile:\d+\.\d+\.\d+$/);
});
