import type { KeyPair } from "../certificates/ca.ts";
import { createOpsServer } from "../admission/ops-server.ts";
import { createAdmissionServer, reload, type AdmissionServer } from "../admission/server.ts";
import { drain } from "../admission/shutdown.ts";
import { makeAudit } from "../controllers/audit.ts";
import { rememberAllowed } from "../controllers/zone-allowance.ts";
import { rememberPolicies } from "../controllers/zone-policies.ts";
import { clock } from "../ops/clock.ts";
import { certify, uncertified, type Certified } from "./certify.ts";
import type { Parts } from "./parts.ts";
import { hasNone, isJudgedNatively, isRegistered, makeStale, notReady, unread } from "./readiness.ts";
import { makeRecorder } from "./recorder.ts";

/** The half of a process that every replica runs: certificates, webhooks, probes and metrics. */
export type Serving = {
  readonly certified: Certified;
  /** Serves until the signal aborts. */
  readonly run: () => Promise<void>;
  /** Ends serving without losing a request. */
  readonly drain: () => Promise<void>;
};

/** How long after SIGTERM we are still called: the time endpoints and API servers take to hear that we are going. */
const drainMs = 5_000;

/** Starts to serve; webhooks listen as soon as there are certificates. */
export const serve = (parts: Parts, signal: AbortSignal): Serving => {
  const { config, metrics, cache, hindrance, standby } = parts;
  let webhooks: AdmissionServer | undefined;
  let leaving = false;
  // Once: whoever edits or deletes a configuration must not unready every replica on top, until a leader repairs it.
  let registered = false;

  const take = async (pair: KeyPair): Promise<void> => {
    if (webhooks === undefined) webhooks = await listen(parts, pair, signal);
    else reload(webhooks, pair);
  };
  const certified = config.webhooks ? certify(parts, take, signal) : uncertified(signal);
  const stale = makeStale(cache.stores, clock.monotonic);
  const ops = createOpsServer({
    notReady: () => {
      const { stores } = cache;
      const served = certified.served();
      registered ||= config.webhooks ? isRegistered(stores, served) : isJudgedNatively(stores);
      // Nothing is there and another leads: it may be one that was told to register nothing, and goes once we are ready.
      const awaited = registered || (standby.now() && hasNone(stores, config.webhooks));
      const facts = { stores, stale: stale(), webhooks: config.webhooks, served, leaving, registered: awaited };
      return notReady({ ...facts, hindered: hindrance.now(), now: clock.now() });
    },
    metrics: () => metrics.text(),
  });
  return {
    certified,
    run: async () => {
      await ops.listen({ host: config.host, port: config.opsPort });
      await certified.run();
    },
    drain: async () => {
      const unready = (): void => {
        leaving = true;
      };
      const wait = (ms: number): Promise<void> => clock.sleep(ms, new AbortController().signal);
      if (webhooks === undefined) unready();
      else await drain(webhooks, { unready, graceMs: drainMs, wait });
      await ops.close();
    },
  };
};

const listen = async (
  { config, log, metrics, cache, events }: Parts,
  { cert, key }: KeyPair,
  signal: AbortSignal,
): Promise<AdmissionServer> => {
  const { stores, world } = cache;
  const audit = makeAudit({ world, events, monotonic: clock.monotonic, signal });
  const server = createAdmissionServer({
    cert,
    key,
    ready: () => unread(stores).length === 0,
    world: () => world,
    allowedIn: rememberAllowed(rememberPolicies()),
    monotonic: clock.monotonic,
    observer: makeRecorder({ log, metrics, world: () => world, audit: (refusal) => void audit(refusal) }),
  });
  await server.listen({ host: config.host, port: config.webhookPort });
  return server;
};
