import { must } from "../cluster/client.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Manifest } from "../cluster/objects.ts";
import type { Measure } from "./measure.ts";
import { interval, median, quantile } from "./samples.ts";

const inFlight = 16;
const blocks = 15;
const perBlock = 320;

/** Milliseconds that each creation of a block took, and how many there were in a second. */
type Block = { readonly perSecond: number; readonly ms: readonly number[] };

/** A block of each kind of pod. */
export type Round<Kind extends string> = Readonly<Record<Kind, Block>>;

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

/** Each kind in turn, and another one first in every round; what a kind needs is made ready before its block. */
export const inRounds = async <Kind extends string>(
  cluster: Cluster,
  pods: Readonly<Record<Kind, Manifest>>,
  ready: (kind: Kind) => Promise<void> = async () => {},
): Promise<readonly Round<Kind>[]> => {
  const kinds = Object.entries(pods) as [Kind, Manifest][];
  const turn = async (at: number): Promise<Round<Kind>> => {
    const round: [Kind, Block][] = [];
    for (const [kind, pod] of [...kinds.slice(at % kinds.length), ...kinds.slice(0, at % kinds.length)]) {
      await ready(kind);
      round.push([kind, await create(cluster, pod)]);
    }
    return Object.fromEntries(round) as Round<Kind>;
  };
  // The first does not count: caches are cold, and what was applied just now is not heeded yet.
  await turn(0);
  const rounds: Round<Kind>[] = [];
  for (let at = 0; at < blocks; at++) rounds.push(await turn(at));
  return rounds;
};

/** Creations per second of a kind as a share of those of "none", and what each takes longer. */
export const besideNone = function* <Kind extends string>(
  rounds: readonly Round<Kind | "none">[],
  { kind, title, atLeast }: { readonly kind: Kind; readonly title: string; readonly atLeast?: number },
): Generator<Measure> {
  yield {
    title: `${title} / none: creations per second`,
    unit: "",
    ...interval(rounds, (drawn) => median(drawn.map((round) => round[kind].perSecond / round.none.perSecond))),
    ...(atLeast === undefined ? {} : { target: { atLeast } }),
  };
  for (const share of [0.5, 0.99])
    yield {
      title: `${title}: what the p${share * 100} is longer by`,
      unit: "ms",
      ...interval(rounds, (drawn) =>
        median(drawn.map((round) => quantile(round[kind].ms, share) - quantile(round.none.ms, share))),
      ),
    };
};

/** Creations per second with no admission. */
export const none = (rounds: readonly Round<"none">[]): Measure => ({
  title: "no admission",
  unit: "1/s",
  value: median(rounds.map((round) => round.none.perSecond)),
});
