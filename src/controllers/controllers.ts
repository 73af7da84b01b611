import { exposedIn } from "../egress/exposed.ts";
import type { Timers } from "../kube/timers.ts";
import type { Transport } from "../kube/transport.ts";
import type { Cache } from "./cache.ts";
import { reconcileCanary, rememberCanaries, type CanaryFound } from "./canary.ts";
import { reconcileCluster } from "./clusters.ts";
import { makeDrift, type DriftParts } from "./drift.ts";
import type { Events } from "./events.ts";
import { rememberContainment } from "./foreign-policies.ts";
import { makeHalves, type HalvesParts } from "./halves.ts";
import { makeLoop, type LoopParts, type Reconcile } from "./loop.ts";
import { reconcileNamespace } from "./namespaces.ts";
import { rememberNodes } from "./node-count.ts";
import { reconcileNode } from "./nodes.ts";
import { halves, reconcileRegistration, type Half, type RegistrationParts } from "./registration.ts";
import { checkingAhead } from "./signatures.ts";
import { tellFound } from "./tell-found.ts";
import { tellPretenders } from "./pretenders.ts";
import { connectTriggers, type Loops, type Renewed } from "./triggers.ts";
import { rememberAllowed } from "./zone-allowance.ts";
import { rememberPolicies } from "./zone-policies.ts";
import { reconcileZone, type FoundOfZone } from "./zones.ts";

/** What the controllers of one replica need; `registration` is what only that does. */
export type ControllerParts = {
  readonly cache: Cache;
  readonly transport: Transport;
  readonly timers: Timers;
  readonly events: Events;
  readonly observe: LoopParts["observe"];
  /** Hears what was found of a zone, undefined when it is gone. */
  readonly counted: (zone: string, found: FoundOfZone | undefined) => void;
  /** Hears of every try to evict a pod of a zone. */
  readonly evicted: DriftParts["tried"];
  /** Hears what came of trying the guards of a zone, undefined where they are not tried. */
  readonly tried: (zone: string, found: CanaryFound | undefined) => void;
  readonly registration: Pick<RegistrationParts, "repaired" | "hindered"> &
    Pick<HalvesParts, "settings" | "caBundle" | "deployment" | "has" | "owners" | "user" | "report"> & {
      readonly renewed: Renewed;
    };
};

/** Keys of one controller that are worked on side by side: enough to hide a round trip, few enough for a small API server. */
const workers = 4;

/** Runs every controller until the signal aborts: the whole work of one term of leading. */
export const runControllers = async (parts: ControllerParts, signal: AbortSignal): Promise<void> => {
  const { cache, transport, timers, events, observe, registration } = parts;
  const { stores, world } = cache;
  const policiesOf = rememberPolicies();
  const allowedIn = rememberAllowed(policiesOf);
  const { countNodes, recounted, end: forgetNodes } = rememberNodes(world, stores.nodes, stores.attestations);
  const now = (): Date => new Date(timers.now());
  const ask = (half: Half): void => loops.registration.ask(half);
  const registering = makeHalves({ ...registration, transport, timers, world, live: cache.registered, ask }, signal);
  const { registered, nativeSync } = registering;
  const drift = makeDrift({ transport, world, events, countNodes, monotonic: timers.monotonic, tried: parts.evicted });
  const counted = (zone: string, found: FoundOfZone | undefined): void => {
    parts.counted(zone, found);
    if (drift.concerns(zone, found?.pods.outOfPlace ?? 0)) loops.drift.ask(zone);
  };
  const canaries = rememberCanaries(parts.tried, (zone) => loops.zones.ask(zone));
  const ahead = checkingAhead(world, (term) => timers.sleep(0, term));
  const loop = (name: string, reconcile: Reconcile, count = workers) =>
    makeLoop({ name, reconcile, sleep: timers.sleep, jitter: timers.random, observe, workers: count });
  const loops: Loops = {
    zones: loop(
      "zones",
      ahead(
        reconcileZone({
          transport,
          world,
          policiesOf,
          nativeSync,
          countNodes,
          canary: canaries.of,
          pretended: tellPretenders({ world, events }),
          uncontained: rememberContainment(allowedIn),
          widened: tellFound(events),
          exposed: (seen, zone) => exposedIn(seen, zone, allowedIn),
          led: tellFound(events),
          now,
          counted,
        }),
      ),
    ),
    drift: loop("drift", ahead(drift.reconcile)),
    canary: loop("canary", reconcileCanary({ transport, world, found: canaries.found })),
    clusters: loop("clusters", reconcileCluster({ transport, world, now })),
    nodes: loop("nodes", reconcileNode({ transport, world, events, since: timers.now() })),
    namespaces: loop(
      "namespaces",
      reconcileNamespace({ transport, world, events, policiesOf, registered, repaired: registration.repaired }),
    ),
    registration: loop(
      "registration",
      reconcileRegistration({ ...registration, transport, events, halves: registering.parts }),
      1,
    ),
  };

  const disconnect = connectTriggers(stores, world, loops, {
    kinds: cache.kinds,
    renewed: registration.renewed,
    recounted,
  });
  try {
    await Promise.all(Object.values(loops).map(({ run }) => run(signal)));
  } finally {
    disconnect();
    for (const half of halves) registration.hindered(half, undefined);
    forgetNodes();
  }
};
