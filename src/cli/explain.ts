import { attestedReads } from "./attested.ts";
import { connectionOfFiles, readConnection } from "./connection-view.ts";
import { readAsked } from "./endpoint.ts";
import { explainConnection } from "./explain-connection.ts";
import { explainFiles, readAround } from "./explain-files.ts";
import { explainPod, readPodView } from "./explain-pod.ts";
import { explainWorkload, readWorkloadView } from "./explain-workload.ts";
import { readManifests } from "./manifests.ts";
import { networkReads } from "./network-view.ts";
import { clusterOptions, namespaceOption, type Given } from "./options.ts";
import { Stop } from "./stop.ts";
import type { Surroundings } from "./surroundings.ts";
import { readTarget } from "./target.ts";
import type { Found, Verb } from "./verb.ts";
import { withCluster } from "./with-cluster.ts";

/** Says of an object of the cluster, or of a file, what Domicile does with it and why. */
export const explain: Verb = {
  says: "Say what Domicile does with a pod, a workload, a manifest or a connection, and why",
  forms: [
    "pod NAMESPACE/NAME",
    "KIND/NAME [-n NAMESPACE]",
    "-f FILE|DIRECTORY|- [-n NAMESPACE]",
    "--from NAMESPACE/POD|ADDRESS --to NAMESPACE/POD:PORT|ADDRESS:PORT [-f FILE|DIRECTORY|-]",
  ],
  examples: [
    "pod payments/api-0",
    "deployment/ledger -n payments",
    "-f app.yaml",
    "--from payments/api-0 --to 198.51.100.7:443/tcp",
    "--from payments/api-0 --to ledger/db-0:5432 -f zones/ -f apps/",
    "--from 10.0.20.5 --to payments/api-0:8443",
  ],
  more: [
    "Of a pod: its zone, whether it is in place, what its node says of itself and since when Domicile believes it, what it waits for, and what would happen if it were created now. Of a workload: the same of its template. Of files: what would become of each object, which zone and rule decides, which field, and what to do next. A Namespace whose manifest does not mention its zone keeps the one it has. Of a Namespace that joins or leaves a zone it is asked whether you may: the verbs use and declassify on the zone.",
    "Of a connection: whether it passes, by the NetworkPolicies that stand at each end that is a pod, which rule allows it or which policies refuse it, what the zone says and for which reason, and whether a policy of others opens what the zone does not (exit code 1, as where it does not pass). The protocol is TCP unless `/udp` or `/sctp` follows the port. Other kinds of policy, such as Cilium's or Calico's, are not read: those that stand there are named. With -f no cluster is asked: the ends are pods of these files, or workloads by their templates, and Domicile's own policies are taken for as it would write them.",
    "Kinds: pod, deployment, statefulset, daemonset, replicaset, job, cronjob, and kubectl's short names for them.",
  ],
  options: {
    filename: {
      short: "f",
      value: "FILE",
      many: true,
      means: "manifests, judged as if they were created now: a file, a directory with all below it, or - for stdin",
    },
    from: { value: "END", means: "where a connection comes from: NAMESPACE/POD or an address" },
    to: { value: "END", means: "where it goes: NAMESPACE/POD:PORT or ADDRESS:PORT, /udp or /sctp after the port" },
    ...namespaceOption,
    ...clusterOptions,
  },
  reads: [
    "get on the object, its namespace, its node and residencyzones.domicile.dev",
    "list nodes where a node's label is missing",
    attestedReads,
    "with -f: list residencyzones.domicile.dev, and remoteclusters.domicile.dev for zones; for a namespace that moves to another zone: list its pods and persistentvolumeclaims, and persistentvolumes; for one that joins or leaves a zone: create selfsubjectaccessreviews.authorization.k8s.io, as everybody may",
    `with --from and --to: get on the pods and their namespaces; in these namespaces list networkpolicies.networking.k8s.io; ${networkReads[0]}; ${networkReads.slice(2).join("; ")}`,
  ],
  run: (given, surroundings) => {
    if (given.one("from") !== undefined || given.one("to") !== undefined) return connection(given, surroundings);
    return given.all("filename").length > 0 ? files(given, surroundings) : one(given, surroundings);
  },
};

const connection = async (given: Given, surroundings: Surroundings): Promise<Found> => {
  const [from, to, [word]] = [given.one("from"), given.one("to"), given.words];
  if (word !== undefined)
    throw new Stop("unreadable", `with --from and --to explain takes no "${word}"; leave one of them out.`);
  if (from === undefined || to === undefined)
    throw new Stop("unreadable", `--${from === undefined ? "from" : "to"} is missing: a connection has two ends.`);
  const asked = readAsked(from, to);
  const namespace = given.one("namespace");
  const paths = given.all("filename");
  if (paths.length > 0)
    return explainConnection(
      connectionOfFiles(await readManifests(paths, surroundings.stdin), asked, namespace ?? "default"),
    );
  return withCluster(given, surroundings, async (cluster) =>
    explainConnection(await readConnection(cluster, asked, namespace ?? cluster.namespace)),
  );
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
