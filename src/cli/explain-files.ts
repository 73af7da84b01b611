import { group as ourGroup, zoneLabel } from "../api/names.ts";
import { resources } from "../kube/resources.ts";
import { projectCluster } from "../zone/cluster-record.ts";
import type { NamespaceFacts, PodFacts, StorageFacts } from "../zone/facts.ts";
import { field, text } from "../zone/json.ts";
import { listed, type Lists } from "../zone/listed.ts";
import { projectNamespace } from "../zone/namespace-facts.ts";
import { projectPod } from "../zone/pod-facts.ts";
import { projectClaim, projectVolume } from "../zone/storage-facts.ts";
import { projectZone } from "../zone/zone-record.ts";
import type { Cluster } from "./cluster.ts";
import { neededFor, type Granted } from "./grants.ts";
import { judge, makesPods, nameOf, namespaceOf } from "./judge.ts";
import { judgementLines, summaryLine } from "./judgement.ts";
import { withManifests } from "./manifest-world.ts";
import type { Manifest } from "./manifests.ts";
import type { Found } from "./verb.ts";

/** What decides about manifests: what there is, and which verbs on zones the person who asks has. */
type Around = { readonly there: Lists; readonly granted: Granted };

/** Reads it: their namespaces, the zones, clusters where a zone is among them, and rights where a namespace moves. */
export const readAround = async (
  cluster: Cluster,
  manifests: readonly Manifest[],
  fallback: string,
): Promise<Around> => {
  const names = new Set([
    ...manifests.filter(makesPods).map((manifest) => namespaceOf(manifest, fallback)),
    ...manifests.filter(({ group, kind }) => group === "" && kind === "Namespace").map(nameOf),
  ]);
  const namespaces = await Promise.all(
    [...names].map((name) => cluster.get(resources.namespaces, { name }, projectNamespace)),
  );
  const live = namespaces.flatMap((namespace) => namespace ?? []);
  const zones = await cluster.list(resources.residencyZones, projectZone);
  const ours = manifests.some(({ group }) => group === ourGroup);
  const clusters = ours ? await cluster.list(resources.remoteClusters, projectCluster) : [];
  const there = { namespaces: live, zones, clusters, ...(await readHeld(cluster, manifests, live)) };
  return { there, granted: await readGrants(cluster, there, manifests) };
};

/** Asks for each verb that a namespace among the manifests needs to move; what is not asked is not needed. */
const readGrants = async (cluster: Cluster, there: Lists, manifests: readonly Manifest[]): Promise<Granted> => {
  const [before, after] = [listed(there), listed(withManifests(there, manifests, () => undefined))];
  const needed = [...after.namespaces.values()].flatMap(({ name, zone }) =>
    neededFor({ namespace: name, before: before.namespaces.get(name)?.zone, after: zone }),
  );
  const asked = new Map<string, boolean>();
  for (const [verb, zone] of needed) {
    const key = `${verb} ${zone}`;
    if (!asked.has(key)) asked.set(key, await cluster.may(verb, zone));
  }
  return (verb, zone) => asked.get(`${verb} ${zone}`) ?? true;
};

/** What namespaces hold that the manifests would move to another zone: they leave empty, or not at all. */
const readHeld = async (
  cluster: Cluster,
  manifests: readonly Manifest[],
  live: readonly NamespaceFacts[],
): Promise<Lists> => {
  const stated = new Map(
    manifests
      .filter(({ group, kind }) => group === "" && kind === "Namespace")
      .map((manifest) => [nameOf(manifest), zoneOf(manifest)]),
  );
  const moving = live.filter(({ name, zone }) => zone !== undefined && (stated.get(name) ?? zone) !== zone);
  if (moving.length === 0) return {};
  const pods: PodFacts[] = [];
  const storage: StorageFacts[] = [...(await cluster.list(resources.volumes, projectVolume))];
  for (const { name: namespace } of moving) {
    pods.push(...(await cluster.list(resources.pods, projectPod, { namespace })));
    storage.push(...(await cluster.list(resources.volumeClaims, projectClaim, { namespace })));
  }
  return { pods, storage };
};

const zoneOf = ({ object }: Manifest): string | undefined =>
  text(field(field(field(object, "metadata"), "labels"), zoneLabel));

/** Explains what would become of manifests if they were created now; pure. */
export const explainFiles = ({ there, granted }: Around, manifests: readonly Manifest[], fallback: string): Found => {
  const before = listed(there);
  // A namespace that is made, or that changes its zone, is sealed some seconds later.
  const world = listed(
    withManifests(there, manifests, ({ name, zone }) => {
      const sealed = before.namespaces.get(name)?.sealed;
      return sealed === zone ? sealed : undefined;
    }),
  );
  const missing = new Set(
    manifests
      .filter(makesPods)
      .map((manifest) => namespaceOf(manifest, fallback))
      .filter((name) => !world.namespaces.has(name)),
  );
  const notes = [...missing].map((name) => `namespace ${name} does not exist: create it first.`);
  const { judgements, others } = judge(world, before, manifests, fallback, granted);
  return {
    value: { judgements, others, notes },
    lines: [
      ...judgements.flatMap(judgementLines),
      ...notes.map((note) => `note     ${note}`),
      summaryLine(judgements, others),
    ],
    refused: judgements.some(({ outcome }) => outcome === "refused"),
  };
};
