import { readManifests } from "./manifests.ts";
import { networkReads } from "./network-view.ts";
import { clusterOptions } from "./options.ts";
import { planOfFiles, readPlan } from "./plan-view.ts";
import { showPlan } from "./show-plan.ts";
import { Stop } from "./stop.ts";
import type { Verb } from "./verb.ts";
import { withCluster } from "./with-cluster.ts";

/** Says what manifests would open and close, before they are applied. */
export const plan: Verb = {
  says: "Say what manifests would open and close before they are applied: addresses, ports, policies, pods",
  forms: ["-f FILE|DIRECTORY|-", "-f FILE|DIRECTORY|- --before FILE|DIRECTORY"],
  examples: ["-f zone-us.yaml", "-f new/ --before old/", "-f zone-us.yaml -o json"],
  more: [
    "Files hold ResidencyZones, RemoteClusters, Namespaces and NetworkPolicies as they would be applied: what no file speaks of stays as it is, and nothing is deleted. For each zone that changes it shows exactly which addresses, pods and ports open (those that are allowed afterwards and were not before) and which close, for which reason and by which field, which of Domicile's policies are written, and how many pods that touches. A zone that is not valid afterwards, or cannot be compiled, changes nothing: that is said, and the exit code is 1.",
    "The exit code is 2 when anything opens: a zone allows more, enforces no longer, gets a namespace whose pods become peers of others, or loses one. So 2 means nothing else here, and a file that cannot be read ends with 3. Where a zone begins to enforce all that it does not allow closes.",
    "With `--before` no cluster is asked: these files say what there is, for a pipeline that compares two commits.",
  ],
  options: {
    filename: {
      short: "f",
      value: "FILE",
      many: true,
      means: "what would be applied: a file, a directory with all below it, or - for stdin; may be given several times",
    },
    before: { value: "FILE", many: true, means: "what there is, from files instead of a cluster" },
    ...clusterOptions,
  },
  reads: [...networkReads, "list pods in the namespaces that it touches"],
  codes: { unreadable: 3 },
  run: async (given, surroundings) => {
    const [word] = given.words;
    if (word !== undefined) throw new Stop("unreadable", `plan takes no "${word}"; give files by -f.`);
    const paths = given.all("filename");
    if (paths.length === 0) throw new Stop("unreadable", "-f is missing: a file, a directory, or - for stdin.");
    const manifests = await readManifests(paths, surroundings.stdin);
    const before = given.all("before");
    if (before.length > 0) return showPlan(planOfFiles(await readManifests(before, surroundings.stdin), manifests));
    return withCluster(given, surroundings, async (cluster) => showPlan(await readPlan(cluster, manifests)));
  },
};
