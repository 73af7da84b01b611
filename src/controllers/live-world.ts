import { isDeepStrictEqual } from "node:util";
import { makeSignatureCheck } from "../attestation/verify.ts";
import type { ReadStore } from "../kube/store.ts";
import { machineOf } from "../oci/machine.ts";
import { neverBack } from "../ops/clock.ts";
import { apiServerFacts } from "../zone/api-server-facts.ts";
import { dnsFacts } from "../zone/dns-facts.ts";
import { haveSameAddresses, ownNetworks, type StatedNetworks } from "../zone/own-networks.ts";
import { reaches } from "../zone/pod-facts.ts";
import type { World } from "../zone/world.ts";
import type { Stores } from "./cache.ts";
import { noKinds, type ForeignKinds } from "./foreign-kinds.ts";

/** What a replica is told of where it runs. */
export type Own = { readonly ownNamespace: string; readonly stated?: StatedNetworks };

/** A World over stores: every lookup is an index read. `now` is milliseconds since 1970. */
export const worldOf = (
  stores: Stores,
  { ownNamespace, stated }: Own,
  now: () => number,
  kinds: ForeignKinds = noKinds,
): World => {
  const byZone = stores.namespaces.index(({ zone }) => (zone === undefined ? [] : [zone]));
  const byMachine = stores.nodes.index(({ providerID }) => {
    const machine = machineOf(providerID);
    return machine === undefined ? [] : [machine];
  });
  const latest = neverBack(now);
  const byUid = stores.nodes.index(({ uid }) => [uid]);
  const attestationsByNode = stores.attestations.index(({ statement }) =>
    statement.ok ? [statement.value.nodeUID] : [],
  );
  const attestationsByMachine = stores.attestations.index(({ statement }) =>
    statement.ok ? [statement.value.machineID] : [],
  );
  const podsByNamespace = stores.pods.index(({ namespace }) => [namespace]);
  const reachingByNode = stores.pods.index((pod) => (reaches(pod) ? [pod.node ?? ""] : []));
  const podsByLabel = stores.pods.index(({ labelled }) => (labelled === undefined ? [] : [labelled]));
  const claimsByNamespace = stores.volumeClaims.index(({ namespace }) => [namespace]);
  const volumesByNamespace = stores.volumes.index(({ namespace }) => [namespace]);
  const policiesByNamespace = stores.policies.index(({ namespace }) => [namespace]);
  const exposing = [stores.exposingServices, stores.exposingSlices, stores.ingresses].map(
    (store) => [store, store.index(({ namespace }) => [namespace])] as const,
  );
  const apiServer = derived([stores.endpointSlices, stores.services], () =>
    apiServerFacts([...stores.endpointSlices.view.values()], [...stores.services.view.values()]),
  );
  const dns = derived([stores.dnsSlices, stores.dnsServices], () =>
    dnsFacts([...stores.dnsServices.view.values()], [...stores.dnsSlices.view.values()]),
  );
  // Nodes change their labels and conditions all the time, and their addresses hardly ever.
  const readdressed: Changes = {
    subscribe: (hear) => stores.nodes.subscribe((_name, before, after) => haveSameAddresses(before, after) || hear()),
  };
  const networks = derived([readdressed, stores.serviceCidrs], () =>
    ownNetworks(stores.nodes.view.values(), stores.serviceCidrs.view.values(), stated),
  );
  return {
    zones: stores.zones.view,
    clusters: stores.clusters.view,
    namespaces: stores.namespaces.view,
    nodes: stores.nodes.view,
    namespacesOf: (zone) => [...byZone(zone)],
    nodesClaiming: (machine) => [...byMachine(machine)],
    nodeOf: (uid) => present(stores.nodes, byUid(uid))[0],
    attestationsOf: (nodeUID) => present(stores.attestations, attestationsByNode(nodeUID)),
    attestationsNaming: (machineID) => present(stores.attestations, attestationsByMachine(machineID)),
    signedBy: makeSignatureCheck(),
    get now() {
      return latest();
    },
    podsLabelled: (zone) => present(stores.pods, podsByLabel(zone)),
    podsIn: (namespace) => present(stores.pods, podsByNamespace(namespace)),
    reachingOn: (node) => present(stores.pods, reachingByNode(node)),
    storageIn: (namespace) => [
      ...present(stores.volumeClaims, claimsByNamespace(namespace)),
      ...present(stores.volumes, volumesByNamespace(namespace)),
    ],
    policiesIn: (namespace) => present(stores.policies, policiesByNamespace(namespace)),
    daemonSets: stores.daemonSets.view,
    foreignIn: kinds.foreignIn,
    get farReaching() {
      return kinds.farReaching;
    },
    get unreadKinds() {
      return kinds.unreadKinds;
    },
    exposingIn: (namespace) => [
      ...exposing.flatMap(([store, byNamespace]) => present(store, byNamespace(namespace))),
      ...kinds.exposingIn(namespace),
    ],
    get unreadRoutes() {
      return kinds.unreadRoutes;
    },
    get apiServer() {
      return apiServer();
    },
    get dns() {
      return dns();
    },
    get ownNetworks() {
      return networks();
    },
    ownNamespace,
  };
};

/** What says when to compute anew. */
type Changes = { readonly subscribe: (hear: () => void) => unknown };

/** A value computed from stores, anew only after one of them changed; equal values keep their identity. */
const derived = <T>(from: readonly Changes[], compute: () => T): (() => T) => {
  let fresh: { readonly value: T } | undefined;
  let last: T | undefined;
  for (const store of from)
    store.subscribe(() => {
      fresh = undefined;
    });
  return () => {
    if (fresh !== undefined) return fresh.value;
    const value = compute();
    last = last !== undefined && isDeepStrictEqual(last, value) ? last : value;
    fresh = { value: last };
    return last;
  };
};

const present = <T>({ view }: ReadStore<T>, keys: ReadonlySet<string>): readonly T[] =>
  [...keys].flatMap((key) => view.get(key) ?? []);
