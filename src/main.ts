import { randomBytes } from "node:crypto";
import { ensureCertificates, reload, type Bundle } from "./admission/certificates.ts";
import { createOpsServer } from "./admission/ops-server.ts";
import { paths } from "./admission/paths.ts";
import type { Secret } from "./admission/secret.ts";
import { createAdmissionServer, type AdmissionServer } from "./admission/server.ts";
import { drain } from "./admission/shutdown.ts";
import { makeAudit } from "./controllers/audit.ts";
import { startCache, type Cache } from "./controllers/cache.ts";
import { makeEvents, type Events } from "./controllers/events.ts";
import { govern, type GovernParts } from "./controllers/govern.ts";
import { makeLoop, type LoopParts } from "./controllers/loop.ts";
import { trusts } from "./controllers/registration-facts.ts";
import { configurationName } from "./controllers/webhook-configurations.ts";
import { loadCredentials } from "./kube/credentials.ts";
import { startInformer } from "./kube/informer.ts";
import { resources } from "./kube/resources.ts";
import { sharedSecret } from "./kube/shared-secret.ts";
import { connect, type Transport } from "./kube/transport.ts";
import { aborted } from "./ops/aborted.ts";
import { clock } from "./ops/clock.ts";
import { parseConfig, type Config } from "./ops/config.ts";
import { makeLog, type Log } from "./ops/log.ts";
import { makeMetrics, type Metrics } from "./ops/metrics.ts";

/** How long after SIGTERM we are still called: the time endpoints and API servers take to hear that we are going. */
const drainMs = 5_000;
const certificateLookMs = 3_600_000;

type Parts = {
  readonly events: Events;
  readonly config: Config;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly transport: Transport;
  readonly cache: Cache;
};

/** The serving half: certificates, webhooks, probes and metrics. Every replica serves. */
const serve = (parts: Parts, signal: AbortSignal) => {
  const { config, log, metrics, transport, cache } = parts;
  const { stores, world } = cache;
  const shared = sharedSecret(transport, { namespace: config.namespace, name: config.certSecretName });
  const certified = Promise.withResolvers<void>();
  const renewed = new Set<() => void>();
  let bundle: Bundle | undefined;
  let webhooks: AdmissionServer | undefined;
  let leaving = false;

  const unread = (): readonly string[] =>
    Object.entries(stores).flatMap(([name, { hasSynced }]) => (hasSynced ? [] : [name]));
  const registered = (): boolean =>
    [stores.mutatingWebhooks, stores.validatingWebhooks].every(({ view }) => {
      const live = view.get(configurationName);
      return live !== undefined && bundle !== undefined && trusts(live, bundle.caBundle);
    });
  const notReady = (): readonly string[] => [
    ...(leaving ? ["shutting down"] : []),
    ...(bundle === undefined ? ["certificates: none could be read or made yet"] : []),
    ...(unread().length > 0 ? [`caches: ${unread().join(", ")} are not read yet`] : []),
    ...(registered() ? [] : ["webhook registration: the stored configurations do not name our certificates yet"]),
  ];

  const certificates = makeLoop({
    name: "certificates",
    sleep: clock.sleep,
    jitter: clock.random,
    observe: (event) => observe(parts, event),
    reconcile: async () => {
      const before = bundle?.caBundle;
      bundle = await ensureCertificates({ ...shared, read: () => shared.read<Secret>() }, clock.now, {
        service: config.serviceName,
        namespace: config.namespace,
        secret: config.certSecretName,
      });
      if (bundle.caBundle !== before) for (const hear of renewed) hear();
      metrics.certificateExpires(bundle.notAfter);
      if (webhooks === undefined) webhooks = await listen(bundle);
      else reload(webhooks, bundle);
      certified.resolve();
      return { kind: "again", afterMs: certificateLookMs };
    },
  });

  const audit = makeAudit({ world, events: parts.events, monotonic: clock.monotonic, signal });
  const listen = async ({ cert, key }: Bundle): Promise<AdmissionServer> => {
    const server = createAdmissionServer({
      cert,
      key,
      ready: () => unread().length === 0,
      world: () => world,
      monotonic: clock.monotonic,
      observer: {
        record: (decision) => {
          // A path may name any zone, and a series for each name that somebody makes up would fill the memory.
          metrics.decided({ ...decision, zone: world.zones.has(decision.zone ?? "") ? decision.zone : undefined });
          log.info(decision, "decided");
          const { audited, dryRun, namespace, reason } = decision;
          if (audited === undefined || dryRun || namespace === undefined || reason === "Fault") return;
          void audit({ namespace, reason, message: audited });
        },
        fault: (error, uid) => log.error({ err: error, uid }, "a defect in deciding a review"),
      },
    });
    await server.listen({ host: config.host, port: config.webhookPort });
    return server;
  };

  const secret = startInformer<string>(
    {
      transport,
      resource: resources.secrets,
      project: ({ metadata }) => metadata.resourceVersion,
      timers: clock,
      report: (resource, problem) => reportWatch(parts, resource.plural, problem),
      selection: { namespace: config.namespace, fieldSelector: `metadata.name=${config.certSecretName}` },
    },
    signal,
  );
  secret.store.subscribe(() => certificates.ask("certificates"));
  certificates.ask("certificates");

  const ops = createOpsServer({ notReady, metrics: () => metrics.text() });
  return {
    certified: certified.promise,
    authority: {
      caBundle: () => bundle?.caBundle ?? "",
      renewed: (hear: () => void) => {
        renewed.add(hear);
        return () => void renewed.delete(hear);
      },
    } satisfies Authority,
    run: async (): Promise<void> => {
      await ops.listen({ host: config.host, port: config.opsPort });
      await certificates.run(signal);
    },
    drain: async (): Promise<void> => {
      const unready = (): void => {
        leaving = true;
      };
      if (webhooks === undefined) unready();
      else
        await drain(webhooks, {
          unready,
          graceMs: drainMs,
          wait: (ms) => clock.sleep(ms, new AbortController().signal),
        });
      await ops.close();
    },
  };
};

const main = async (): Promise<number> => {
  const parsed = parseConfig(process.argv.slice(2), process.env);
  if (!parsed.ok) {
    for (const problem of parsed.problems) process.stderr.write(`domicile: ${problem}\n`);
    return 2;
  }
  const { config } = parsed;
  const log = makeLog(config.logLevel);
  const metrics = makeMetrics();
  const transport = connect(loadCredentials(config.kubeconfig === undefined ? {} : { kubeconfig: config.kubeconfig }));

  // Controllers stop first and give the lease back; stores stay fresh until the last review is answered.
  const leaving = new AbortController();
  const ended = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => leaving.abort());

  const report = (resource: { readonly plural: string }, problem: unknown): void =>
    reportWatch({ log, metrics }, resource.plural, problem);
  const cache = startCache({ transport, timers: clock, report, ownNamespace: config.namespace }, ended.signal);
  metrics.watches(Object.entries(cache.stores).map(([name, store]) => ({ name, ageMs: () => store.ageMs() })));
  const events = makeEvents({
    transport,
    instance: config.podName,
    now: () => new Date(clock.now()),
    unique: () => randomBytes(8).toString("hex"),
    lost: (problem) => log.warn({ err: problem }, "an event could not be written"),
  });
  const parts: Parts = { config, log, metrics, transport, cache, events };
  const serving = serve(parts, ended.signal);
  const running = serving.run();
  const governing = govern(
    {
      cache,
      transport,
      timers: clock,
      identity: config.podName,
      lease: { namespace: config.namespace, name: config.leaseName },
      certified: serving.certified,
      leadership: (leadership) => {
        if (leadership.at !== "problem") metrics.leads(leadership.at === "leading");
        log.info({ leadership }, "leadership");
      },
      events,
      observe: (event) => observe(parts, event),
      counted: metrics.counted,
      registration: registrationOf(parts, serving.authority),
    },
    leaving.signal,
  );

  await Promise.race([aborted(leaving.signal), running, governing]);
  log.info("shutting down");
  leaving.abort();
  await Promise.all([governing, serving.drain()]);
  ended.abort();
  await running;
  await transport.close();
  return 0;
};

type Authority = Pick<GovernParts["registration"], "caBundle" | "renewed">;

const registrationOf = ({ config, metrics }: Parts, authority: Authority): GovernParts["registration"] => ({
  ...authority,
  settings: {
    service: { name: config.serviceName, namespace: config.namespace, port: 443 },
    paths,
    timeoutSeconds: config.webhookTimeoutSeconds,
  },
  owner: config.ownerClusterRole,
  deployment: { namespace: config.namespace, name: config.deployment },
  repaired: (kind) => metrics.repaired(kind),
});

type Told = Pick<Parts, "log" | "metrics">;

const observe = (
  { log, metrics }: Told,
  { name, key, outcome, why, failure }: Parameters<LoopParts["observe"]>[0],
): void => {
  metrics.reconciled(name, outcome);
  if (outcome === "failed") log.warn({ controller: name, key, err: failure }, "reconcile failed; it is tried again");
  else log.debug({ controller: name, key, outcome, why }, "reconciled");
};

const reportWatch = ({ log, metrics }: Told, resource: string, problem: unknown): void => {
  metrics.watchProblem(resource);
  log.warn({ resource, problem }, "a watch was interrupted; it goes on");
};

process.exitCode = await main();
