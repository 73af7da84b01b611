import { endOf } from "../admission/appraise.ts";
import type { KeyPair } from "../admission/ca.ts";
import { handover, type Offer } from "../admission/handover.ts";
import { lookInMs } from "../admission/lifetimes.ts";
import { bundleOf } from "../admission/pem.ts";
import { makeLoop } from "../controllers/loop.ts";
import { startInformer } from "../kube/informer.ts";
import { resources } from "../kube/resources.ts";
import { clock } from "../ops/clock.ts";
import { certificateSource } from "./certificate-source.ts";
import type { Parts } from "./parts.ts";
import { tellReconcile, tellWatch } from "./tell.ts";
import { watchTrust } from "./trusting.ts";

/** The certificates of this replica as they are now. */
export type Certified = {
  /** What this replica serves with; undefined until the first certificates were read or made. */
  readonly served: () => Offer | undefined;
  /** Everything that API servers have to trust, PEM: while one authority follows another, both. */
  readonly caBundle: () => string;
  /** Resolves when there are certificates and `serve` has taken them. */
  readonly first: Promise<void>;
  /** Hears when the bundle changed; gives the way to end it. */
  readonly renewed: (hear: () => void) => () => void;
  /** Works until the signal aborts. */
  readonly run: () => Promise<void>;
};

const key = "certificates";

/** Keeps certificates in the shared Secret and has `serve` take each pair when it is trusted, until the signal aborts. */
export const certify = (parts: Parts, serve: (pair: KeyPair) => Promise<void>, signal: AbortSignal): Certified => {
  const { config, log, metrics, transport, cache } = parts;
  const lifetimes = { authorityMs: config.caDuration, leafMs: config.leafDuration };
  const first = Promise.withResolvers<void>();
  const hearers = new Set<() => void>();
  let served: Offer | undefined;
  let caBundle = "";

  const change = async (offered: Offer): Promise<number> => {
    const decision = handover({ served, offered, trustedMs, lifetimes, now: clock.now() });
    if (decision.kind === "hold") {
      log.info({ why: decision.why }, "a new serving certificate waits");
      return decision.lookAt;
    }
    if (served?.cert !== offered.cert) {
      await serve(offered);
      log.info({ notAfter: new Date(offered.notAfter).toISOString() }, "serving with a new certificate");
    }
    served = offered;
    return Infinity;
  };

  const loop = makeLoop({
    name: key,
    sleep: clock.sleep,
    jitter: clock.random,
    observe: (event) => tellReconcile(parts, event),
    reconcile: async () => {
      const valid = served !== undefined && served.notAfter > clock.now() ? served.authorities : [];
      const { offer, trusted, lookAt } = await source(valid[0]);
      const changeAt = await change(offer);
      const before = caBundle;
      // What we serve with stays trusted until we serve with something else, wherever it came from.
      caBundle = bundleOf([...trusted, ...(served?.authorities ?? [])]);
      if (caBundle !== before) for (const hear of hearers) hear();
      metrics.certificateExpires("leaf", served?.notAfter ?? offer.notAfter);
      metrics.certificateExpires("ca", Math.min(...offer.authorities.map(endOf)));
      first.resolve();
      return { kind: "again", afterMs: lookInMs(Math.min(lookAt, changeAt), clock.now()) };
    },
  });

  const ask = (): void => loop.ask(key);
  const trustedMs = watchTrust(cache.stores, clock.monotonic, ask);
  const source = certificateSource(parts, lifetimes, trustedMs);
  const secret = startInformer<string>(
    {
      transport,
      resource: resources.secrets,
      project: ({ metadata }) => metadata.resourceVersion,
      timers: clock,
      report: (resource, problem) => tellWatch(parts, resource.plural, problem),
      selection: { namespace: config.namespace, fieldSelector: `metadata.name=${config.certSecretName}` },
    },
    signal,
  );
  secret.store.subscribe(ask);
  ask();

  return {
    served: () => served,
    caBundle: () => caBundle,
    first: first.promise,
    renewed: (hear) => {
      hearers.add(hear);
      return () => void hearers.delete(hear);
    },
    run: () => loop.run(signal),
  };
};
