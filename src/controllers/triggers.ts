import { isDeepStrictEqual } from "node:util";
import { recognise } from "../egress/enforcers.ts";
import type { ReadStore } from "../kube/store.ts";
import type { NodeFacts } from "../zone/facts.ts";
import type { ZoneRecord } from "../zone/record.ts";
import { isOurPolicy, zoneOfExclusiveKey, zoneOfNodeLabel } from "../api/names.ts";
import { namedBy, namersOf } from "../zone/named-namespaces.ts";
import { haveSameAddresses } from "../zone/own-networks.ts";
import { reaches } from "../zone/pod-facts.ts";
import type { World } from "../zone/world.ts";
import type { Stores } from "./cache.ts";
import type { ForeignKinds } from "./foreign-kinds.ts";
import type { Loop } from "./loop.ts";
import type { Recounted } from "./node-count.ts";
import { halves, type Half } from "./registration.ts";
import { attestedBy, twinsOf } from "./twins.ts";

/** One loop per thing reconciled; their keys are names. */
export type Loops = {
  readonly zones: Loop;
  readonly drift: Loop;
  readonly clusters: Loop;
  readonly nodes: Loop;
  readonly namespaces: Loop;
  readonly registration: Loop;
  readonly canary: Loop;
};

/** Subscribes to a change of our own certificate authority; gives the way to end it. */
export type Renewed = (hear: () => void) => () => void;

/** Counts wait this long for more changes, so that a rollout of 1,000 pods is some status writes and not 1,000. */
const countingMs = 500;

/**
 * Says which keys want a look when something changes, as one table: what changed, and who cares. Asks for everything
 * once, so a new leader starts from the whole. Gives the way to end it.
 */
export const connectTriggers = (
  stores: Stores,
  world: World,
  loops: Loops,
  {
    kinds,
    renewed,
    recounted,
  }: { readonly kinds: ForeignKinds; readonly renewed: Renewed; readonly recounted: Recounted },
): (() => void) => {
  const askNamespacesOf = (zone: string, afterMs = 0): void =>
    world.namespacesOf(zone).forEach((name) => loops.namespaces.ask(name, afterMs));
  const recount = (zone: string | undefined): void => {
    if (zone !== undefined) loops.zones.ask(zone, countingMs);
  };
  const recountAll = (): void => [...world.zones.keys()].forEach(recount);
  const resolveAll = (afterMs = 0): void => {
    askAll(stores.zones, loops.zones, afterMs);
    for (const zone of world.zones.keys()) askNamespacesOf(zone, afterMs);
  };
  const askUnsealed = (): void => {
    for (const { name, zone, sealed } of world.namespaces.values())
      if (zone !== undefined && sealed !== zone) loops.namespaces.ask(name);
  };

  const askRegistration = (): void => halves.forEach((half) => loops.registration.ask(half));

  // What webhooks are asked hangs on what native policy says.
  const registered: readonly (readonly [readonly Half[], ReadStore<unknown>])[] = [
    [["webhooks"], stores.mutatingWebhooks],
    [["webhooks"], stores.validatingWebhooks],
    [halves, stores.nativePolicies],
    [halves, stores.nativeBindings],
  ];

  const ends = [
    stores.zones.subscribe((zone, before, after) => {
      loops.zones.ask(zone);
      if (!isDeepStrictEqual(namedBy(before), namedBy(after))) {
        // Which zone a namespace belongs to hangs on all that name it.
        askAll(stores.zones, loops.zones);
        askRegistration();
      }
      if (isDeepStrictEqual(saidBy(before), saidBy(after))) return;
      askAll(stores.nodes, loops.nodes);
      askNamespacesOf(zone);
      loops.canary.ask(zone);
      askRegistration();
    }),
    stores.clusters.subscribe((cluster, before, after) => {
      loops.clusters.ask(cluster);
      if (!isDeepStrictEqual(before?.parsed, after?.parsed)) resolveAll();
    }),
    stores.nodes.subscribe((node, before, after) => {
      loops.nodes.ask(node);
      for (const name of twinsOf(world, before, after)) loops.nodes.ask(name);
      if (!isDeepStrictEqual(keptFor(before), keptFor(after))) zonesOn(world, node).forEach(recount);
      if (!haveSameAddresses(before, after)) resolveAll(countingMs);
    }),
    stores.attestations.subscribe((_attestation, before, after) => {
      for (const name of attestedBy(world, before, after)) loops.nodes.ask(name);
    }),
    stores.namespaces.subscribe((namespace, before, after) => {
      loops.namespaces.ask(namespace);
      if (before?.sealed !== after?.sealed) askRegistration();
      recount(before?.zone);
      recount(after?.zone);
      if (before?.zone !== after?.zone || before?.deleting !== after?.deleting)
        namersOf(world, namespace).forEach(recount);
    }),
    stores.pods.subscribe((_pod, before, after) => {
      for (const pod of [before, after])
        if (pod !== undefined && reaches(pod)) zonesOn(world, pod.node).forEach(recount);
      for (const zone of new Set([before?.labelled, after?.labelled]))
        if (zone !== undefined && world.zones.has(zone)) recount(zone);
      const namespace = world.namespaces.get((after ?? before)?.namespace ?? "");
      if (namespace?.zone === undefined) return;
      recount(namespace.zone);
      if (namespace.sealed !== namespace.zone) loops.namespaces.ask(namespace.name);
    }),
    stores.daemonSets.subscribe((_daemonSet, before, after) => {
      if ([before, after].some((one) => one !== undefined && recognise(one) !== undefined)) recountAll();
    }),
    stores.policies.subscribe((_policy, before, after) => {
      const { namespace, name } = after ?? before ?? { namespace: "", name: "" };
      if (isOurPolicy(name)) loops.namespaces.ask(namespace);
      recount(world.namespaces.get(namespace)?.zone);
    }),
    kinds.subscribe((namespace) => {
      if (namespace === undefined) recountAll();
      else recount(world.namespaces.get(namespace)?.zone);
    }),
    ...[stores.endpointSlices, stores.services, stores.dnsSlices, stores.dnsServices, stores.serviceCidrs].map(
      (store) => store.subscribe(() => resolveAll()),
    ),
    ...[stores.exposingServices, stores.exposingSlices, stores.ingresses].map((store) =>
      store.subscribe((_key, before, after) => recount(world.namespaces.get((after ?? before)?.namespace ?? "")?.zone)),
    ),
    ...registered.map(([concerned, store]) =>
      store.subscribe(() => {
        for (const half of concerned) loops.registration.ask(half);
        askUnsealed();
        if (concerned.includes("nativePolicies")) recountAll();
      }),
    ),
    recounted(recount),
    // The API server goes on trusting the former authority until it is told of the new one.
    renewed(() => loops.registration.ask("webhooks")),
  ];

  askAll(stores.zones, loops.zones);
  askAll(stores.zones, loops.canary);
  askAll(stores.clusters, loops.clusters);
  askAll(stores.nodes, loops.nodes);
  askAll(stores.namespaces, loops.namespaces);
  askRegistration();
  return () => ends.forEach((end) => end());
};

/** Zones that keep a node to themselves, as far as its taints say. */
const keptFor = (node: NodeFacts | undefined): readonly string[] =>
  (node?.taintKeys ?? []).filter((key) => zoneOfExclusiveKey(key) !== undefined).toSorted();

/** Zones whose label a node bears. */
const zonesOn = (world: World, node = ""): readonly string[] =>
  Object.keys(world.nodes.get(node)?.labels ?? {}).flatMap((key) => zoneOfNodeLabel(key) ?? []);

const askAll = (store: ReadStore<unknown>, loop: Loop, afterMs = 0): void => {
  for (const key of store.view.keys()) loop.ask(key, afterMs);
};

/** What a zone's editor says, without what Domicile writes into its status. */
const saidBy = (zone: ZoneRecord | undefined): unknown => [
  zone?.parsed,
  zone?.enforcement,
  zone?.schedulers,
  zone?.exclusive,
  zone?.approves,
];
