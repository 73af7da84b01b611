import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { ref, type KubeObject, type Manifest } from "../cluster/objects.ts";
import { applyZone, installDomicile, joinZone, startHome, uninstallDomicile } from "../e2e/domicile.ts";
import { namespaceOf, podOf } from "../e2e/resources.ts";
import type { Measure } from "./measure.ts";
import { interval, median, quantile } from "./samples.ts";

const inFlight = 16;
const blocks = 15;
const perBlock = 320;
const zone = "bench";

/** Milliseconds that each creation of a block took, and how many there were in a second. */
type Block = { readonly perSecond: number; readonly ms: readonly number[] };

/** Creates pods with dryRun=All, so many at a time that the API server is never idle, and nothing is stored. */
const create = async (cluster: Cluster, pod: Manifest): Promise<Block> => {
  const begun = performance.now();
  const ms: number[] = [];
  let left = perBlock;
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const asked = performance.now();
      await must(cluster.admin.create(pod, { dryRun: true }));
      ms.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return { perSecond: (ms.length / (performance.now() - begun)) * 1_000, ms };
};

type Kind = "none" | "pinned" | "bare";
type Round = Readonly<Record<Kind, Block>>;

/** Each kind in turn, and another one first in every round. */
const measure = async (cluster: Cluster, pods: Readonly<Record<Kind, Manifest>>): Promise<readonly Round[]> => {
  const kinds: readonly Kind[] = ["none", "pinned", "bare"];
  const rounds: Round[] = [];
  for (const kind of kinds) await create(cluster, pods[kind]);
  for (let at = 0; at < blocks; at++) {
    const round: Partial<Record<Kind, Block>> = {};
    for (let turn = 0; turn < kinds.length; turn++) {
      const kind = kinds[(at + turn) % kinds.length] ?? "none";
      round[kind] = await create(cluster, pods[kind]);
    }
    rounds.push(round as Round);
  }
  return rounds;
};

/**
 * Pod creation through the API server. "None" is a namespace that no webhook entry and no policy of Domicile matches,
 * with Domicile installed: what its configurations cost everybody else is in it, as it is in a cluster that runs it.
 */
export const admissionSection = async function* (): AsyncGenerator<Measure> {
  const cluster = await connect();
  const home = await startHome(cluster);
  try {
    await installDomicile(cluster);
    await applyZone(cluster, zone, { nodes: { provider: "OCI", regions: ["us-phoenix-1"] } });
    await joinZone(cluster, "bench-zone", zone);
    await must(
      cluster.admin.create(
        namespaceOf("bench-none", { "pod-security.kubernetes.io/enforce": "baseline" }) as KubeObject,
      ),
    );
    const nodeSelector = { [`domicile.dev.node-restriction.kubernetes.io/${zone}`]: "verified" };
    const rounds = await measure(cluster, {
      none: podOf("made", "bench-none"),
      // What a controller makes of a template that was pinned when it was created.
      pinned: podOf("made", "bench-zone", { nodeSelector }),
      bare: podOf("made", "bench-zone"),
    });
    const kinds = { pinned: ["pods of pinned templates", 0.75], bare: ["bare pods", 0.5] } as const;
    yield { title: "no admission", unit: "1/s", value: median(rounds.map(({ none }) => none.perSecond)) };
    for (const kind of ["pinned", "bare"] as const) {
      const [title, atLeast] = kinds[kind];
      yield {
        title: `${title} / no admission: creations per second`,
        unit: "",
        ...interval(rounds, (drawn) => median(drawn.map((round) => round[kind].perSecond / round.none.perSecond))),
        target: { atLeast },
      };
      for (const share of [0.5, 0.99])
        yield {
          title: `${title}: what the p${share * 100} is longer by`,
          unit: "ms",
          ...interval(rounds, (drawn) =>
            median(drawn.map((round) => quantile(round[kind].ms, share) - quantile(round.none.ms, share))),
          ),
        };
    }
    await must(cluster.admin.delete(ref("v1", "Namespace", "bench-zone")));
    await must(cluster.admin.delete(ref("v1", "Namespace", "bench-none")));
    await uninstallDomicile(cluster);
  } finally {
    await home.stop();
    await cluster.close();
  }
};
