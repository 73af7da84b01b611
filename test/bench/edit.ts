import { setTimeout as pause } from "node:timers/promises";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { ref, type KubeObject } from "../cluster/objects.ts";
import { applyZone, installDomicile, makeNamespace, startHome, uninstallDomicile } from "../e2e/domicile.ts";
import { each } from "./each.ts";
import type { Measure } from "./measure.ts";
import { quantile } from "./samples.ts";
import { countTraffic, trafficSoFar, type Traffic } from "./traffic.ts";

const zone = "edited";
const size = 500;
/** The zone's own, where its guards are tried, has policies too. */
const all = size + 1;
const settledMs = 10_000;
const policies = { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" };

const edit = (cluster: Cluster, port: number): Promise<unknown> =>
  applyZone(cluster, zone, {
    nodes: { provider: "OCI", regions: ["us-phoenix-1"] },
    egress: { networks: [{ name: "partner", cidrs: ["198.51.100.0/24"], ports: [{ port }] }] },
  });

/** What an edit of a zone with 500 namespaces costs: time per namespace, and what is written, of what changed and of what did not. */
export const editSection = async function* (): AsyncGenerator<Measure> {
  const cluster = await connect();
  const kubelet = await startHome(cluster);
  try {
    await installDomicile(cluster);
    await countTraffic(cluster);
    await edit(cluster, 443);
    const names = Array.from({ length: size }, (_, at) => `edited-${at}`);
    await each(names, (name) => makeNamespace(cluster, name, { "domicile.dev/zone": zone }));
    await cluster.admin.untilList<KubeObject>(
      { apiVersion: "v1", kind: "Namespace" },
      (found) => found.length === all,
      {
        labelSelector: `domicile.dev/sealed=${zone}`,
        deadlineMs: 300_000,
        describe: `${all} namespaces are sealed`,
      },
    );
    await pause(settledMs);

    const edited = await during(cluster, () => untilRewritten(cluster, () => edit(cluster, 8443)));
    const [median, late] = [quantile(edited.result, 0.5), quantile(edited.result, 0.9)];
    const of = `${all} namespaces`;
    yield {
      title: `${of}: edit until half have the new policy`,
      value: median,
      unit: "ms",
      low: quantile(edited.result, 0),
      high: quantile(edited.result, 1),
    };
    yield {
      title: `${of}: edit until nine tenths have it / half`,
      value: late / median,
      unit: "",
      target: { atMost: 3 },
    };
    yield {
      title: `${of}: policies written by the edit`,
      value: edited.traffic.policies,
      unit: "",
      target: { atMost: all },
    };
    yield { title: `${of}: other requests of the edit, but watches`, value: edited.traffic.others, unit: "" };

    const same = await during(cluster, () => edit(cluster, 8443));
    const touched = await during(cluster, () =>
      must(
        cluster.admin.patch(ref("domicile.dev/v1alpha1", "ResidencyZone", zone), {
          metadata: { annotations: { touched: "yes" } },
        }),
      ),
    );
    for (const [what, { traffic }] of [
      ["applied again", same],
      ["annotated", touched],
    ] as const)
      yield {
        title: `${of}: requests when the zone is ${what}`,
        value: traffic.policies + traffic.others,
        unit: "",
        target: { atMost: 0 },
      };
    await uninstallDomicile(cluster);
  } finally {
    await kubelet.stop();
    await cluster.close();
  }
};

/** What was asked of the API server from the start of something until well after its end. */
const during = async <T>(
  cluster: Cluster,
  run: () => Promise<T>,
): Promise<{ readonly result: T; readonly traffic: Traffic }> => {
  const before = await trafficSoFar(cluster);
  const result = await run();
  await pause(settledMs);
  const after = await trafficSoFar(cluster);
  const less = (kind: keyof Traffic): number => after[kind] - before[kind];
  return {
    result,
    traffic: {
      watches: less("watches"),
      lease: less("lease"),
      tries: less("tries"),
      policies: less("policies"),
      others: less("others"),
    },
  };
};

/** Milliseconds from the edit until each namespace has the policy that follows from it. */
const untilRewritten = async (cluster: Cluster, run: () => Promise<unknown>): Promise<readonly number[]> => {
  const listening = Promise.withResolvers<void>();
  const times = new Map<string, number>();
  let start = Number.POSITIVE_INFINITY;
  const rewritten = cluster.admin.untilList<KubeObject>(
    policies,
    (found) => {
      listening.resolve();
      for (const { metadata } of found) {
        const { name, namespace = "", generation } = metadata;
        if (name === "domicile-allow" && Number(generation) > 1 && !times.has(namespace))
          times.set(namespace, performance.now() - start);
      }
      return times.size === all;
    },
    { deadlineMs: 300_000, describe: `${all} policies are written anew` },
  );
  await listening.promise;
  start = performance.now();
  await run();
  await rewritten;
  return [...times.values()];
};
