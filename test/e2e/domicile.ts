import { readFileSync } from "node:fs";
import { join } from "node:path";
import { askUntil } from "../cluster/asking.ts";
import { must } from "../cluster/client.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { installChart, uninstallChart } from "../cluster/helm.ts";
import { startKubelet, type Kubelet } from "../cluster/kubelet.ts";
import { condition, field, ref, type KubeObject } from "../cluster/objects.ts";
import { home } from "./home.ts";
import { untilEachAnswers } from "./replicas.ts";

export { home } from "./home.ts";

const root = join(import.meta.dirname, "..", "..");

const node = join(root, "node_modules", ".bin", "node");

export const release = "domicile";
export const serviceAccount = `system:serviceaccount:${home}:domicile`;

/** The node that runs Domicile's own pods as processes of this machine; no zone's pods go there. */
export const startHome = (
  cluster: Cluster,
  name = "domicile-home",
  run: (image: string) => readonly string[] = entrypoint,
): Promise<Kubelet> =>
  startKubelet(cluster, {
    name,
    region: "us-ashburn-1",
    // Not one of the zones' nodes: workloads of tests must not run as processes.
    providerID: null,
    taints: [{ key: "domicile.test/home", effect: "NoSchedule" }],
    // A pod that brings its own command is given Node alone.
    run: ({ image = "", command: [program, ...words] = [], args = [] }) =>
      program === undefined ? [...run(image), ...args] : [node, ...words, ...args],
  });

/** What the image starts, with its environment and by this machine's paths. */
export const entrypoint = (): readonly string[] => {
  const dockerfile = readFileSync(join(root, "Dockerfile"), "utf8");
  const [, words = "[]"] = /^ENTRYPOINT (.*)$/m.exec(dockerfile) ?? [];
  const [, variables = ""] = /^ENV (.*)$/m.exec(dockerfile) ?? [];
  const [program = "node", ...args] = JSON.parse(words) as readonly string[];
  const file = args.pop() ?? "";
  return ["env", ...variables.split(" "), join(root, "node_modules", ".bin", program), ...args, join(root, file)];
};

/** The values an installation on the test cluster needs: a name for the image, and the node that runs it. */
export const values = {
  image: { repository: "domicile", tag: "test" },
  nodeSelector: { "domicile.test/kubelet": "process" },
  tolerations: [{ key: "domicile.test/home", operator: "Exists" }],
  topologySpreadConstraints: [],
};

/** Helm installs Domicile and waits until both replicas are ready; throws what Helm said. */
export const installDomicile = async (
  cluster: Cluster,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> => {
  const wanted = { release, namespace: home, values: { ...values, ...more }, flags: ["--wait", "--timeout", "120s"] };
  const { code, stderr, stdout } = await installChart(cluster, wanted);
  if (code !== 0) throw new Error(`helm install: ${stderr || stdout}\n${await whyNot(cluster)}`);
};

export const uninstallDomicile = async (cluster: Cluster): Promise<void> => {
  const { code, stderr } = await uninstallChart(cluster, { release, namespace: home, flags: ["--wait"] });
  if (code !== 0) throw new Error(`helm uninstall: ${stderr}`);
};

/** Resolves when the namespace is sealed for the zone. */
export const untilSealed = (cluster: Cluster, namespace: string, zone: string): Promise<unknown> =>
  cluster.admin.until<KubeObject>(
    ref("v1", "Namespace", namespace),
    ({ metadata }) => metadata.labels?.["domicile.dev/sealed"] === zone,
    { describe: `namespace ${namespace} is sealed for zone ${zone}` },
  );

/** Resolves when a zone's condition has the status. */
export const untilZone = (cluster: Cluster, zone: string, type: string, status: string): Promise<unknown> =>
  cluster.admin.until(
    ref("domicile.dev/v1alpha1", "ResidencyZone", zone),
    (object) => condition(object, type) === status,
    { describe: `zone ${zone} has ${type}=${status}` },
  );

const whyNot = async (cluster: Cluster): Promise<string> => {
  const { body } = await cluster.admin.list({ apiVersion: "v1", kind: "Pod" }, { namespace: home });
  return JSON.stringify(body.items.map((pod) => [pod.metadata.name, field(pod, "status")]));
};

/** Applies a zone: Enforce, unless the spec says otherwise. */
export const applyZone = (cluster: Cluster, name: string, spec: object): Promise<unknown> =>
  must(
    cluster.admin.apply(
      {
        ...ref("domicile.dev/v1alpha1", "ResidencyZone", name),
        spec: { enforcement: "Enforce", ...spec },
      } as KubeObject,
      { fieldManager: "tests", force: true },
    ),
  );

/** A new namespace of a zone, asked for again while replicas have not heard of a zone that was made a moment ago. */
export const makeNamespace = async (
  cluster: Cluster,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<KubeObject> =>
  must(
    askUntil(
      () => cluster.admin.create<KubeObject>({ ...ref("v1", "Namespace", name), metadata: { name, labels } }),
      ({ ok, message }) => ok || !message.includes("(ZoneNotFound)"),
      { describe: `every replica has heard of the zone that namespace ${name} is for` },
    ),
  );

/** A new namespace of a zone, sealed, with pods let in: replicas and API servers hear of the seal by watches of their own, and refuse until they have. */
export const joinZone = async (cluster: Cluster, namespace: string, zone: string): Promise<void> => {
  await makeNamespace(cluster, namespace, { "domicile.dev/zone": zone });
  await untilSealed(cluster, namespace, zone);
  await untilLetIn(cluster, namespace);
};

/**
 * Resolves when bare pods of a zone's namespace are let in, whichever replica is asked: an API server takes a second or two to
 * heed that a native policy changed or went, and each replica hears of a seal by itself.
 */
export const untilLetIn = async (cluster: Cluster, namespace: string): Promise<void> => {
  const pod = {
    ...ref("v1", "Pod", "let-in", namespace),
    spec: { containers: [{ name: "main", image: "example/app" }] },
  } as KubeObject;
  const describe = `pods of ${namespace} are let in`;
  await untilEachAnswers(cluster, pod, ({ allowed }) => allowed, describe);
  await askUntil(
    () => cluster.admin.create(pod, { dryRun: true }),
    ({ ok }) => ok,
    { describe },
  );
};
