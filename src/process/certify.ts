import { endOf } from "../certificates/appraise.ts";
import type { KeyPair } from "../certificates/ca.ts";
import { handover, sinceAll, type Offer } from "../certificates/handover.ts";
import { lookInMs, overlapMs } from "../certificates/lifetimes.ts";
import { bundleOf } from "../certificates/pem.ts";
import { makeLoop } from "../controllers/loop.ts";
import { startInformer } from "../kube/informer.ts";
import { resources } from "../kube/resources.ts";
import { aborted } from "../ops/aborted.ts";
import { clock } from "../ops/clock.ts";
import { certificateSource, formerOffer } from "./certificate-source.ts";
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

/** Of a replica that serves no webhooks: nobody has to trust it. */
export const uncertified = (signal: AbortSignal): Certified => ({
  served: () => undefined,
  caBundle: () => "",
  first: Promise.resolve(),
  renewed: () => () => undefined,
  run: () => aborted(signal),
});

const key = "certificates";

/** Keeps certificates in the shared Secret and has `serve` take each pair when it is trusted, until the signal aborts. */
export const certify = (parts: Parts, serve: (pair: KeyPair) => Promise<void>, signal: AbortSignal): Certified => {
  const { config, log, metrics, transport, cache } = parts;
  const lifetimes = { authorityMs: config.caDuration, leafMs: config.leafDuration };
  const first = Promise.withResolvers<void>();
  const hearers = new Set<() => void>();
  let served: Offer | undefined;
  let former: { readonly authorities: readonly string[]; readonly until: number } = { authorities: [], until: 0 };
  let caBundle = "";

  /** Has these trusted for as long as other replicas may still serve by them. */
  const keep = (authorities: readonly string[]): void => {
    former = { authorities: [...former.authorities, ...authorities], until: clock.now() + overlapMs(lifetimes) };
  };

  /**
   * What a new process serves with: what was there before, while that is trusted, and otherwise what is offered. A new
   * process does not know for how long anything has been trusted: what is offered may have been named only just now, and
   * API servers need not have heard. Nor may it, should it lead, take trust away from replicas that still wait.
   */
  const begin = async (): Promise<void> => {
    const { mutatingWebhooks, validatingWebhooks } = cache.stores;
    await Promise.race([Promise.all([mutatingWebhooks.synced, validatingWebhooks.synced]), aborted(signal)]);
    // Nothing in a Secret that we do not write says what was served before: what stands stays for as long as a change
    // may take, or a leader that starts in the middle of one would take trust away from replicas that still wait.
    if (config.certSource === "external") keep(trust.named());
    const before = await formerOffer(parts);
    if (before === undefined || sinceAll(before, trust.trustedMs) === undefined) return;
    await serve(before);
    served = before;
    log.info("serving with the former certificate until the new one has been trusted for a while");
  };

  /** Serves with what is offered, if it may; gives when to look again for the sake of that. */
  const change = async (offered: Offer): Promise<number> => {
    if (served === undefined) await begin();
    const decision = handover({ served, offered, trustedMs: trust.trustedMs, lifetimes, now: clock.now() });
    if (decision.kind === "hold") {
      log.info({ why: decision.why }, "a new serving certificate waits");
      return decision.lookAt;
    }
    if (served !== undefined && served.authorities[0] !== offered.authorities[0]) keep(served.authorities);
    if (served?.cert !== offered.cert) {
      await serve(offered);
      log.info({ notAfter: new Date(offered.notAfter).toISOString() }, "serving with a new certificate");
    }
    served = offered;
    return former.authorities.length > 0 ? former.until : Infinity;
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
      if (former.until <= clock.now()) former = { authorities: [], until: 0 };
      // What we serve with stays trusted until we serve with something else and the other replicas have had time to do
      // the same, wherever it came from.
      caBundle = bundleOf([...trusted, ...(served?.authorities ?? []), ...former.authorities]);
      if (caBundle !== before) for (const hear of hearers) hear();
      metrics.certificateExpires("leaf", served?.notAfter ?? offer.notAfter);
      metrics.certificateExpires("ca", Math.min(...offer.authorities.map(endOf)));
      first.resolve();
      return { kind: "again", afterMs: lookInMs(Math.min(lookAt, changeAt), clock.now()) };
    },
  });

  const ask = (): void => loop.ask(key);
  const trust = watchTrust(cache.stores, clock.monotonic, ask);
  const source = certificateSource(parts, lifetimes, trust.trustedMs);
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
