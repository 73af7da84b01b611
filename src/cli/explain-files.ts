import { group as ourGroup } from "../api/names.ts";
import { resources } from "../kube/resources.ts";
import { projectCluster } from "../zone/cluster-record.ts";
import { listed, type Lists } from "../zone/listed.ts";
import { projectNamespace } from "../zone/namespace-facts.ts";
import { projectZone } from "../zone/zone-record.ts";
import type { Cluster } from "./cluster.ts";
import { judge, makesPods, nameOf, namespaceOf } from "./judge.ts";
import { judgementLines, summaryLine } from "./judgement.ts";
import { withManifests } from "./manifest-world.ts";
import type { Manifest } from "./manifests.ts";
import type { Found } from "./verb.ts";

/** Reads what decides about the manifests: their namespaces, the zones, and clusters where a zone is among them. */
export const readAround = async (
  cluster: Cluster,
  manifests: readonly Manifest[],
  fallback: string,
): Promise<Lists> => {
  const names = new Set([
    ...manifests.filter(makesPods).map((manifest) => namespaceOf(manifest, fallback)),
    ...manifests.filter(({ group, kind }) => group === "" && kind === "Namespace").map(nameOf),
  ]);
  const namespaces = await Promise.all(
    [...names].map((name) => cluster.get(resources.namespaces, { name }, projectNamespace)),
  );
  const zones = await cluster.list(resources.residencyZones, projectZone);
  const ours = manifests.some(({ group }) => group === ourGroup);
  const clusters = ours ? await cluster.list(resources.remoteClusters, projectCluster) : [];
  return { namespaces: namespaces.flatMap((namespace) => namespace ?? []), zones, clusters };
};

/** Explains what would become of manifests if they were created now; pure. */
export const explainFiles = (there: Lists, manifests: readonly Manifest[], fallback: string): Found => {
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
  const { judgements, others } = judge(world, manifests, fallback);
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
