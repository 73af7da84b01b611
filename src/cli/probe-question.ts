import { grantsIn } from "../egress/compile-in.ts";
import type { Grant } from "../egress/grant.ts";
import { resources } from "../kube/resources.ts";
import { field, items, text } from "../zone/json.ts";
import { membersOf } from "../zone/members.ts";
import type { ZoneRecord } from "../zone/record.ts";
import type { World } from "../zone/world.ts";
import type { Cluster } from "./cluster.ts";
import type { Given } from "./options.ts";
import {
  dnsOf,
  givenApproved,
  givenForbidden,
  knownApproved,
  knownForbidden,
  type ProbeTarget,
} from "./probe-target.ts";
import { Stop } from "./stop.ts";
import { noSuchZone } from "./zone-argument.ts";

/** The zone as it stands; a Stop for one that keeps nothing closed. */
export const enforcing = (world: World, zone: string): ZoneRecord => {
  const record = world.zones.get(zone);
  if (record === undefined) throw noSuchZone(zone);
  if (record.enforcement !== "Enforce")
    throw new Stop(
      "unanswered",
      `zone ${zone} is set to ${record.enforcement}, so nothing is closed and there is nothing to show.`,
    );
  return record;
};

/** What the zone opens to its pods. */
export const grantsOf = (world: World, record: ZoneRecord): readonly Grant[] => {
  const granted = grantsIn(world, record);
  if (granted.kind === "refused")
    throw new Stop(
      "unanswered",
      `what zone ${record.name} opens cannot be compiled; kubectl describe rz ${record.name} says why.`,
    );
  return granted.egress;
};

/** The namespace to probe from: the one given, or the first that is sealed. */
export const readNamespace = (world: World, zone: string, given: string | undefined): string => {
  const sealed = membersOf(world, zone)
    .filter((name) => world.namespaces.get(name)?.sealed === zone)
    .toSorted();
  const [first] = sealed;
  if (first === undefined) throw new Stop("unanswered", `zone ${zone} has no sealed namespace to probe from.`);
  if (given !== undefined && !sealed.includes(given))
    throw new Stop(
      "unanswered",
      `namespace ${given} is not sealed for zone ${zone}; ${sealed.slice(0, 5).join(", ")} is.`,
    );
  return given ?? first;
};

/** The namespace to compare with, which must be in no zone. */
export const readCompared = (world: World, given: string | undefined): string | undefined => {
  if (given === undefined) return undefined;
  const found = world.namespaces.get(given);
  if (found === undefined) throw new Stop("unanswered", `namespace ${given} does not exist.`);
  if (found.zone !== undefined)
    throw new Stop("unreadable", `--compare-namespace ${given} is in zone ${found.zone}; give one that is in none.`);
  return given;
};

/** What the zone has to let through. */
export const approvedTarget = async (
  cluster: Cluster,
  grants: readonly Grant[],
  given: Given,
): Promise<ProbeTarget> => {
  const one = given.one("approved");
  const known = one === undefined ? knownApproved(grants) : givenApproved(one, grants);
  if (known !== undefined) return known;
  const dns = dnsOf(grants);
  if (dns !== undefined) {
    const { namespace, labelSelector, port } = dns;
    const [address] = await cluster.list(resources.pods, readyAddress, { namespace, labelSelector });
    if (address !== undefined) return { address, port, what: "DNS" };
  }
  throw new Stop(
    "unreadable",
    "no approved address is known at which somebody answers; give one by --approved ADDRESS:PORT.",
  );
};

/** What the zone has to keep closed. */
export const forbiddenTarget = (world: World, grants: readonly Grant[], given: Given): ProbeTarget => {
  const one = given.one("forbidden");
  const known = one === undefined ? knownForbidden(world.apiServer, grants) : givenForbidden(one, grants);
  if (known !== undefined) return known;
  throw new Stop(
    "unreadable",
    "the zone allows the API server, and what else it keeps closed and answers nobody knows; give one by --forbidden ADDRESS:PORT.",
  );
};

const readyAddress = (raw: unknown): string | undefined => {
  const status = field(raw, "status");
  const ready = items(field(status, "conditions")).some(
    (one) => field(one, "type") === "Ready" && field(one, "status") === "True",
  );
  return ready ? text(field(status, "podIP")) : undefined;
};

/** The image that Domicile itself runs. */
export const ownImage = async (cluster: Cluster): Promise<string> => {
  const [image] = await cluster.list(
    resources.deployments,
    (raw) => {
      const spec = field(field(field(raw, "spec"), "template"), "spec");
      return text(field(items(field(spec, "containers"))[0], "image"));
    },
    { labelSelector: "app.kubernetes.io/name=domicile" },
  );
  if (image === undefined)
    throw new Stop(
      "unanswered",
      "no Deployment of Domicile is seen whose image could be used; give one with node by --image.",
    );
  return image;
};
