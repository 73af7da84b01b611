import { clock } from "../ops/clock.ts";
import { parseDuration } from "../ops/duration.ts";
import { isExclusive } from "../zone/exclusive.ts";
import { listed } from "../zone/listed.ts";
import { networkReads, readNetwork } from "./network-view.ts";
import { clusterOptions } from "./options.ts";
import {
  approvedTarget,
  enforcing,
  forbiddenTarget,
  grantsOf,
  ownImage,
  readCompared,
  readNamespace,
} from "./probe-question.ts";
import { removeLeftovers, runProbe } from "./probe-run.ts";
import type { ProbeTarget } from "./probe-target.ts";
import { showProbe } from "./probe-verdict.ts";
import { Stop } from "./stop.ts";
import type { Verb } from "./verb.ts";
import { withCluster } from "./with-cluster.ts";
import { readZoneName } from "./zone-argument.ts";

/** Shows with packets whether the cluster's network enforces what a zone says. */
export const probe: Verb = {
  says: "Show with packets whether a zone's policies are enforced: a short-lived pod of the zone connects to what is approved and to what is not",
  forms: ["ZONE", "ZONE --forbidden ADDRESS:PORT --compare-namespace NAMESPACE"],
  examples: [
    "us --compare-namespace default",
    "us -n payments --approved 198.51.100.7:443 --forbidden 203.0.113.9:443 --compare-namespace probes",
  ],
  more: [
    "The only verb that writes. It makes a Job of one pod in a namespace of the zone, which carries the zone's selector, no token and the least that Pod Security's restricted level allows, and deletes it at the end, also when it is interrupted or nothing comes of it. If the command itself is killed the cluster ends the Job after its deadline and deletes it a minute later, and the next probe of the namespace deletes what is left.",
    "A connection that does not come about is no proof: nobody may listen there, or another firewall closes it. So the exit code is 0 only if the pod reaches the approved target, does not reach the forbidden one, and a pod in `--compare-namespace`, which is in no zone, reaches that from the same node. Without one, or where that pod does not reach it either, nothing is shown and the exit code is 3. It is 1 if the forbidden target was reached, also where it was only at first: some enforcers learn of a pod after it has started.",
    "By default the approved target is the API server where the zone allows it, a network of one address, or a pod that answers for DNS; the forbidden one is the API server, unless the zone allows it. All by TCP. A probe shows these two targets, from one node, at one moment: no other port, protocol or family of addresses.",
    "The image is Domicile's own, as its Deployment runs it; one given by `--image` needs `node` in its PATH. Namespaces that pull from private registries need a pull secret on their default service account.",
  ],
  options: {
    namespace: {
      short: "n",
      value: "NAME",
      means: "namespace of the zone in which to probe; without it its first sealed one",
    },
    approved: { value: "ADDRESS:PORT", means: "what the zone has to let through" },
    forbidden: { value: "ADDRESS:PORT", means: "what it has to keep closed; somebody should answer there" },
    "compare-namespace": {
      value: "NAME",
      means: "a namespace outside every zone, from which to try the forbidden target too",
    },
    image: { value: "IMAGE", means: "image with node; without it Domicile's own" },
    timeout: { value: "DURATION", means: "how long all of it may take, such as 90s, at most 5m; without it 2m" },
    ...clusterOptions,
  },
  reads: [
    ...networkReads,
    "list deployments.apps, unless --image is given",
    "in both namespaces create, list and delete jobs.batch, list and watch pods, get pods/log",
    "in the namespace of DNS list pods, unless --approved is given",
  ],
  run: async (given, surroundings) => {
    const zone = readZoneName("probe", given.words);
    const timeoutMs = readTimeout(given.one("timeout"));
    return withCluster(given, surroundings, async (cluster) => {
      const world = listed(await readNetwork(cluster, (namespace) => namespace.zone === zone));
      const record = enforcing(world, zone);
      const grants = grantsOf(world, record);
      const namespace = readNamespace(world, zone, given.one("namespace"));
      const compared = readCompared(world, given.one("compare-namespace"));
      const approved = await approvedTarget(cluster, grants, given);
      const forbidden = forbiddenTarget(world, grants, given);
      const image = given.one("image") ?? (await ownImage(cluster));
      const signal = surroundings.ends(timeoutMs);
      const { now } = clock;
      for (const each of [namespace, ...(compared === undefined ? [] : [compared])])
        await removeLeftovers(cluster, each, now());

      const common = { image, timeoutMs, now: now() };
      const exclusive = isExclusive(record) ? ({ exclusive: true } as const) : {};
      const inside = await runProbe(
        cluster,
        {
          ...common,
          namespace,
          trial: { ...trial, targets: [wanted(approved, "open"), wanted(forbidden, "closed")] },
          where: { zone, ...exclusive },
        },
        signal,
      );
      const [metApproved, metForbidden] = inside.met;
      if (metApproved === undefined || metForbidden === undefined) throw new Error("a report lost a target");
      // Nothing outside an exclusive zone is let onto its nodes, so another node has to do.
      const where = isExclusive(record) ? undefined : { node: inside.node };
      const outside =
        compared === undefined
          ? undefined
          : await runProbe(
              cluster,
              { ...common, namespace: compared, trial: { ...trial, targets: [wanted(forbidden, "open")] }, where },
              signal,
            );
      const [metOutside] = outside?.met ?? [];
      return showProbe({
        zone,
        approved,
        forbidden,
        inside: { ...inside, met: { approved: metApproved, forbidden: metForbidden } },
        outside:
          outside === undefined || metOutside === undefined
            ? undefined
            : { ...outside, met: { forbidden: metOutside } },
      });
    });
  },
};

/** A connection that takes longer than 3 s is none; an enforcer that does not know a pod after 10 s is late beyond use. */
const trial = { tryMs: 3_000, forMs: 10_000 } as const;

const wanted = ({ address, port }: ProbeTarget, wants: "open" | "closed") => ({ address, port, wants });

/** Milliseconds; a person waits. */
const longestMs = 300_000;

const readTimeout = (given = "2m"): number => {
  const ms = parseDuration(given);
  if (ms === undefined || ms < 1_000 || ms > longestMs)
    throw new Stop("unreadable", `--timeout ${given} is no duration from 1s to 5m, such as 90s.`);
  return ms;
};
