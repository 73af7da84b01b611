import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { templateChart } from "../cluster/helm.ts";
import { field, ref, type KubeObject } from "../cluster/objects.ts";
import { parse } from "../chart/render.ts";
import { home, release, untilSealed, untilZone, values } from "../e2e/domicile.ts";
import { podOf } from "../e2e/resources.ts";
import { closeStage, definitions, furnish, inside, openStage, untilUnregistered, zone, type Stage } from "./stage.ts";

let stage: Stage;
let rendered = "";
let manifests: readonly KubeObject[];

const render = async (flags: readonly string[] = ["--no-hooks"]): Promise<string> => {
  const { code, stdout, stderr } = await templateChart(stage.cluster, { release, namespace: home, values, flags });
  assert.equal(code, 0, stderr);
  return stdout;
};
const kubectl = async (args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await stage.cluster.kubectl(args, { stdin: rendered });
  assert.equal(code, 0, stderr);
  return stdout;
};

/** Argo CD and Flux's kustomize-controller apply so; kubectl without a flag applies on the client's side. */
const ways: Readonly<Record<string, readonly string[]>> = {
  "as Argo CD does": ["--server-side", "--force-conflicts", "--field-manager=argocd-controller"],
  "as Flux does": ["--server-side", "--force-conflicts", "--field-manager=kustomize-controller"],
  "by kubectl on the client's side": [],
};

const live = (): Promise<readonly KubeObject[]> =>
  Promise.all(
    manifests.map(({ apiVersion, kind, metadata }) =>
      must(
        stage.cluster.admin.get<KubeObject>({
          apiVersion: apiVersion ?? "",
          kind: kind ?? "",
          metadata: { name: metadata.name ?? "", namespace: metadata.namespace ?? home },
        }),
      ),
    ),
  );
const versions = async (): Promise<readonly string[]> =>
  (await live()).map(({ kind, metadata }) => `${kind} ${metadata.name} ${metadata.resourceVersion}`);

/** Where a live object does not hold what was rendered, as paths. Null is nothing, as Kubernetes reads it. */
const missing = (want: unknown, have: unknown, path: string): readonly string[] => {
  if (want === null || want === undefined) return [];
  // What is empty is not stored everywhere: [] and {} say no more than nothing.
  if (typeof want === "object" && Object.keys(want).length === 0 && have === undefined) return [];
  if (Array.isArray(want))
    return Array.isArray(have) && have.length === want.length
      ? want.flatMap((item, index) => missing(item, have[index], `${path}[${index}]`))
      : [path];
  if (typeof want === "object")
    return Object.entries(want).flatMap(([key, value]) =>
      missing(value, (have as Readonly<Record<string, unknown>> | undefined)?.[key], `${path}.${key}`),
    );
  return want === have ? [] : [`${path}: rendered ${String(want)}, stored ${String(have)}`];
};

/** The Deployment's status has come to rest, so that its version moves only when somebody applies something. */
const untilAtRest = (): Promise<unknown> =>
  stage.cluster.admin.until<KubeObject>(
    ref("apps/v1", "Deployment", "domicile", home),
    (now) =>
      field(now, "status.readyReplicas") === 2 &&
      field(now, "status.updatedReplicas") === 2 &&
      field(now, "status.replicas") === 2 &&
      field(now, "status.observedGeneration") === now.metadata["generation"],
    { describe: "both replicas are ready, and no others are left", deadlineMs: 120_000 },
  );

before(async () => {
  stage = await openStage();
  rendered = await render();
  manifests = parse(rendered);
  await must(stage.cluster.admin.create(ref("v1", "Namespace", home)));
  await kubectl(["apply", ...(ways["as Argo CD does"] ?? []), "-f", "-"]);
  await untilAtRest();
  await furnish(stage);
  await untilSealed(stage.cluster, inside, zone);
  await must(stage.cluster.admin.create(podOf("web", inside)));
  await untilZone(stage.cluster, zone, "Isolated", "True");
});
after(async () => {
  const { cluster } = stage;
  const mine = manifests.filter(({ kind }) => kind !== "CustomResourceDefinition");
  const stdin = mine.map((object) => JSON.stringify(object)).join("\n---\n");
  await cluster.kubectl(["delete", "-f", "-"], { stdin });
  await untilUnregistered(cluster);
  // What kubectl made Helm takes over only when it is marked so.
  const owner = [`meta.helm.sh/release-name=${release}`, `meta.helm.sh/release-namespace=${home}`];
  const crds = definitions.map((name) => `crd/${name}`);
  await cluster.kubectl(["annotate", "--overwrite", ...crds, ...owner]);
  await closeStage(stage);
});

test("the chart renders the same twice, and its only hooks are those of helm test", async () => {
  assert.equal(await render(), rendered);
  const hooks = parse(await render([])).flatMap(({ metadata }) => metadata.annotations?.["helm.sh/hook"] ?? []);
  assert.deepEqual([...new Set(hooks)], ["test"]);
});

for (const [how, flags] of Object.entries(ways))
  test(`while Domicile runs, the chart applied twice ${how} changes nothing the second time, and kubectl diff is empty`, async () => {
    await kubectl(["apply", ...flags, "-f", "-"]);
    await untilAtRest();
    const before = await versions();
    await kubectl(["apply", ...flags, "-f", "-"]);
    assert.deepEqual(await versions(), before);
    const diff = await stage.cluster.kubectl(["diff", ...flags, "-f", "-"], { stdin: rendered });
    assert.equal(diff.code, 0, diff.stdout || diff.stderr);
  });

test("every rendered field is stored as it was rendered, so Argo CD sees no difference", async () => {
  const stored = await live();
  const differing = manifests.flatMap((manifest, index) =>
    missing(manifest, stored[index], `${manifest.kind} ${manifest.metadata.name}`),
  );
  assert.deepEqual(differing, []);
});

test("Domicile writes to nothing that the chart renders: it fights with nobody", async () => {
  const written = (await live()).flatMap(({ kind, metadata }) =>
    ((metadata.managedFields ?? []) as readonly { readonly manager?: string }[])
      .filter(({ manager }) => manager?.startsWith("domicile"))
      .map(({ manager }) => `${kind} ${metadata.name}: ${manager}`),
  );
  assert.deepEqual(written, []);
});
