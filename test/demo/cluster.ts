import { connect } from "../cluster/cluster.ts";
import { startHome } from "../e2e/domicile.ts";
import { howToUse, untilStopped } from "./keep.ts";
import { placementScenes } from "./placement.ts";
import { play } from "./story.ts";

// A cluster to play with: Domicile, nodes on two continents, zone us and a namespace in it.

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const stopped = untilStopped();
const cluster = await connect();
const home = await startHome(cluster);
const rows = await play(placementScenes.slice(0, 5), { cluster, home, say }, say);
const failed = rows.find(({ held }) => !held);
if (failed === undefined) {
  for (const line of howToUse(cluster)) say(line);
  await stopped;
} else say(`The cluster could not be made ready: ${failed.title}: ${failed.seen}`);
process.exit(failed === undefined ? 0 : 1);
