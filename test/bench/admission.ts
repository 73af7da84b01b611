import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { upgradeChart } from "../cluster/helm.ts";
import { ref, type KubeObject } from "../cluster/objects.ts";
import {
  applyZone,
  home,
  installDomicile,
  joinZone,
  release,
  startHome,
  uninstallDomicile,
  values,
} from "../e2e/domicile.ts";
import { namespaceOf, podOf } from "../e2e/resources.ts";
import { besideNone, inRounds, none } from "./creation.ts";
import { startLeast } from "./least.ts";
import type { Measure } from "./measure.ts";
import { outside } from "./outside.ts";

const zone = "bench";

/** Creations as a share of none that each way of installing has to reach at least. */
const targets = {
  "by webhooks": { pinned: 0.75, bare: 0.5 },
  "by both": { pinned: 0.55, bare: 0.42 },
} as const;

const key = `domicile.dev.node-restriction.kubernetes.io/${zone}`;
const kinds = {
  none: podOf("made", "bench-none"),
  // What a controller makes of a template that was pinned when it was created.
  pinned: podOf("made", "bench-zone", { nodeSelector: { [key]: "verified" } }),
  bare: podOf("made", "bench-zone"),
};

/** What bare pods cost where nothing of Domicile but its registration is asked: the machine's and the API server's part. */
const byTheLeast = async function* (cluster: Cluster): AsyncGenerator<Measure> {
  const least = await startLeast(cluster, { namespace: "bench-least", zone, key });
  try {
    const { none: noneOf, bare } = kinds;
    const rounds = await inRounds(cluster, { none: noneOf, bare, least: podOf("made", "bench-least") });
    yield* besideNone(rounds, { kind: "least", title: "bare pods by the least webhook that pins" });
    yield* besideNone(rounds, { kind: "bare", title: "bare pods by webhooks, beside it" });
  } finally {
    await least.stop();
  }
};

/** What pods of the zone cost as Domicile is installed now, beside a namespace that nothing of it matches. */
const inZone = async function* (cluster: Cluster, how: keyof typeof targets): AsyncGenerator<Measure> {
  const rounds = await inRounds(cluster, kinds);
  const { pinned, bare } = targets[how];
  yield none(rounds);
  yield* besideNone(rounds, { kind: "pinned", title: `pods of pinned templates ${how}`, atLeast: pinned });
  yield* besideNone(rounds, { kind: "bare", title: `bare pods ${how}`, atLeast: bare });
};

/**
 * Pod creation through the API server. "None" is a namespace that no webhook entry and no policy of Domicile matches,
 * with Domicile installed; what that costs everybody else is measured at the end, beside a cluster without it.
 */
export const admissionSection = async function* (): AsyncGenerator<Measure> {
  const cluster = await connect();
  const kubelet = await startHome(cluster);
  try {
    await installDomicile(cluster, { nativePolicies: { enabled: false } });
    await applyZone(cluster, zone, { nodes: { provider: "OCI", regions: ["us-phoenix-1"] } });
    await joinZone(cluster, "bench-zone", zone);
    const labels = { "pod-security.kubernetes.io/enforce": "baseline" };
    await must(cluster.admin.create(namespaceOf("bench-none", labels) as KubeObject));
    yield* inZone(cluster, "by webhooks");
    yield* byTheLeast(cluster);

    const flags = ["--wait", "--timeout", "120s"];
    const { code, stderr } = await upgradeChart(cluster, { release, namespace: home, values, flags });
    if (code !== 0) throw new Error(`helm upgrade: ${stderr}`);
    await cluster.admin.until(
      ref("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding", "domicile-pods"),
      () => true,
      { describe: "pods are judged natively" },
    );
    yield* inZone(cluster, "by both");

    await uninstallDomicile(cluster);
    yield* outside(cluster, { namespace: "bench-none", probe: podOf("made", "bench-zone") });
    for (const name of ["bench-zone", "bench-none"]) await must(cluster.admin.delete(ref("v1", "Namespace", name)));
  } finally {
    await kubelet.stop();
    await cluster.close();
  }
};
