import { connect } from "../cluster/cluster.ts";
import { startHome } from "../e2e/domicile.ts";
import { egressScenes } from "./egress.ts";
import { howToUse, untilStopped } from "./keep.ts";
import { placementScenes } from "./placement.ts";
import { play, table } from "./story.ts";

const keep = process.argv.includes("--keep");
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const stopped = untilStopped();
const cluster = await connect();
const home = await startHome(cluster);
const scenes = [...placementScenes, ...egressScenes];
const rows = await play(scenes, { cluster, home, say }, say);
say(`\n${table(rows, process.stdout.columns ?? 120)}`);

const failed = rows.find(({ held }) => !held);
if (failed !== undefined) say(`\nThe first thing that did not hold: ${failed.title}: ${failed.seen}`);
else say(`\nAll ${rows.length} scenes held.`);

if (keep) {
  for (const line of howToUse(cluster)) say(line);
  await stopped;
}
process.exit(failed === undefined ? 0 : 1);
