import { connect } from "../cluster/cluster.ts";
import { startHome } from "../e2e/domicile.ts";
import { egressScenes } from "./egress.ts";
import { placementScenes } from "./placement.ts";
import { play, table } from "./story.ts";

const keep = process.argv.includes("--keep");
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const stopped = new Promise<void>((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => resolve());
});

const cluster = await connect();
const home = await startHome(cluster);
const scenes = [...placementScenes, ...egressScenes];
const rows = await play(scenes, { cluster, home, say }, say);
say(`\n${table(rows, process.stdout.columns ?? 120)}`);

const failed = rows.find(({ held }) => !held);
if (failed !== undefined) say(`\nThe first thing that did not hold: ${failed.title}: ${failed.seen}`);
else say(`\nAll ${rows.length} scenes held.`);

if (keep) {
  say("\nThe cluster stays until you press Ctrl-C. In another terminal:");
  say(`  export KUBECONFIG=${cluster.session.hostKubeconfig}`);
  say("  kubectl get rz,rcl,nodes");
  say("  kubectl explain rz.spec.nodes");
  say("  kubectl -n payments run probe --image=example/app");
  say(`kubectl is also at ${cluster.session.programs.kubectl}.`);
  await stopped;
}
process.exit(failed === undefined ? 0 : 1);
