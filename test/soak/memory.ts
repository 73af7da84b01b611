import { setTimeout as pause } from "node:timers/promises";
import { askReplica, sample, type Replica } from "../e2e/replicas.ts";

/** What a replica's process held at a moment: milliseconds since it was begun, bytes. */
export type Reading = { readonly at: number; readonly rss: number; readonly heap: number };

/** Reads every replica's memory every `everyMs` until the signal aborts, by replica. */
export const readMemory = async (
  replicas: readonly Replica[],
  everyMs: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Reading[]>> => {
  const begun = performance.now();
  const readings = new Map<string, Reading[]>(replicas.map(({ name }) => [name, []]));
  while (!signal.aborted) {
    for (const replica of replicas) {
      const { text } = await askReplica(replica, "/metrics");
      readings.get(replica.name)?.push({
        at: performance.now() - begun,
        rss: sample(text, "process_resident_memory_bytes"),
        heap: sample(text, "nodejs_heap_size_used_bytes"),
      });
    }
    await pause(everyMs, undefined, { signal }).catch(() => {});
  }
  return readings;
};

type Point = readonly [minutes: number, mebibytes: number];
const pointOf = (at: number, bytes: number): Point => [at / 60_000, bytes / 2 ** 20];

/** The least-squares slope, in MiB per minute. */
const slopeOf = (points: readonly Point[]): number => {
  const mean = (of: (point: Point) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean(([at]) => at), mean(([, size]) => size)];
  const [over, under] = [mean(([at, size]) => (at - x) * (size - y)), mean(([at]) => (at - x) ** 2)];
  return under === 0 ? 0 : over / under;
};

/** Slopes in MiB per minute. Of the heap the lowest reading of each half minute counts: what is above it a collection takes back. */
export const growth = (
  readings: readonly Reading[],
): { readonly rss: number; readonly heap: number; readonly lastRss: number } => {
  const halves = Map.groupBy(readings, ({ at }) => Math.floor(at / 30_000));
  const lowest = [...halves.values()].flatMap((half) => half.toSorted((a, b) => a.heap - b.heap).slice(0, 1));
  return {
    rss: slopeOf(readings.map(({ at, rss }) => pointOf(at, rss))),
    heap: slopeOf(lowest.map(({ at, heap }) => pointOf(at, heap))),
    lastRss: (readings.at(-1)?.rss ?? 0) / 2 ** 20,
  };
};
