import { attestedReads } from "./attested.ts";
import { explainFiles, readAround } from "./explain-files.ts";
import { explainPod, readPodView } from "./explain-pod.ts";
import { explainWorkload, readWorkloadView } from "./explain-workload.ts";
import { readManifests } from "./manifests.ts";
import { clusterOptions, namespaceOption, type Given } from "./options.ts";
import { Stop } from "./stop.ts";
import type { Surroundings } from "./surroundings.ts";
import { readTarget } from "./target.ts";
import type { Found, Verb } from "./verb.ts";
import { withCluster } from "./with-cluster.ts";

/** Says of an object of the cluster, or of a file, what Domicile does with it and why. */
export const explain: Verb = {
  says: "Say what Domicile does with a pod, a workload or a manifest, and why",
  forms: ["pod NAMESPACE/NAME", "KIND/NAME [-n NAMESPACE]", "-f FILE|DIRECTORY|- [-n NAMESPACE]"],
  more: [
    "Of a pod: its zone, whether it is in place, what its node says of itself and since when Domicile believes it, what it waits for, and what would happen if it were created now. Of a workload: the same of its template. Of files: what would become of each object, which zone and rule decides, which field, and what to do next. A Namespace whose manifest does not mention its zone keeps the one it has. Of a Namespace that joins or leaves a zone it is asked whether you may: the verbs use and declassify on the zone.",
    "Kinds: pod, deployment, statefulset, daemonset, replicaset, job, cronjob, and kubectl's short names for them.",
  ],
  options: {
    filename: {
      short: "f",
      value: "FILE",
      many: true,
      means: "manifests, judged as if they were created now: a file, a directory with all below it, or - for stdin",
    },
    ...namespaceOption,
    ...clusterOptions,
  },
  reads: [
    "get on the object, its namespace, its node and residencyzones.domicile.dev",
    "list nodes where a node's label is missing",
    attestedReads,
    "with -f: list residencyzones.domicile.dev, and remoteclusters.domicile.dev for zones; for a namespace that moves to another zone: list its pods and persistentvolumeclaims, and persistentvolumes; for one that joins or leaves a zone: create selfsubjectaccessreviews.authorization.k8s.io, as everybody may",
  ],
  run: (given, surroundings) =>
    given.all("filename").length > 0 ? files(given, surroundings) : one(given, surroundings),
};

const files = async (given: Given, surroundings: Surroundings): Promise<Found> => {
  const [word] = given.words;
  if (word !== undefined) throw new Stop("unreadable", `with -f explain takes no "${word}"; leave one of them out.`);
  const manifests = await readManifests(given.all("filename"), surroundings.stdin);
  return withCluster(given, surroundings, async (cluster) => {
    const fallback = given.one("namespace") ?? cluster.namespace;
    return explainFiles(await readAround(cluster, manifests, fallback), manifests, fallback);
  });
};

const one = (given: Given, surroundings: Surroundings): Promise<Found> => {
  if (given.words.length === 0)
    throw new Stop("unreadable", "explain needs an object, such as pod payments/api-0, or files by -f.");
  const { kind, name, namespace } = readTarget(given.words, given.one("namespace"));
  return withCluster(given, surroundings, async (cluster) => {
    const at = namespace ?? cluster.namespace;
    return kind === "Pod"
      ? explainPod(await readPodView(cluster, at, name))
      : explainWorkload(await readWorkloadView(cluster, kind, at, name));
  });
};
