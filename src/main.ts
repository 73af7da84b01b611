import { randomBytes } from "node:crypto";
import { startCache } from "./controllers/cache.ts";
import { makeEvents } from "./controllers/events.ts";
import { loadCredentials } from "./kube/credentials.ts";
import { connect } from "./kube/transport.ts";
import { aborted } from "./ops/aborted.ts";
import { clock } from "./ops/clock.ts";
import { parseConfig } from "./ops/config.ts";
import { makeLog } from "./ops/log.ts";
import { makeMetrics } from "./ops/metrics.ts";
import { governing } from "./process/governing.ts";
import { makeHindrance } from "./process/hindrance.ts";
import type { Parts } from "./process/parts.ts";
import { serve } from "./process/serve.ts";
import { makeStandby } from "./process/standby.ts";
import { tellWatch } from "./process/tell.ts";

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

  const cache = startCache(
    {
      transport,
      timers: clock,
      report: ({ plural }, problem) => tellWatch({ log, metrics }, plural, problem),
      ownNamespace: config.namespace,
      stated: config.stated,
    },
    ended.signal,
  );
  metrics.watches(() =>
    [...Object.entries(cache.stores), ...cache.kinds.stores()].map(([name, store]) => ({
      name,
      ageMs: () => store.ageMs(),
      size: () => store.view.size,
    })),
  );
  const events = makeEvents({
    transport,
    instance: config.podName,
    now: () => new Date(clock.now()),
    monotonic: clock.monotonic,
    unique: () => randomBytes(8).toString("hex"),
    lost: (problem) => log.warn({ err: problem }, "an event could not be written"),
  });
  const hindrance = makeHindrance(log, metrics);
  const parts: Parts = { config, log, metrics, transport, cache, events, hindrance, standby: makeStandby() };
  const serving = serve(parts, ended.signal);
  const running = serving.run();
  const governed = governing(parts, serving.certified, leaving.signal);

  await Promise.race([aborted(leaving.signal), running, governed]);
  log.info("shutting down");
  leaving.abort();
  await Promise.all([governed, serving.drain()]);
  ended.abort();
  await running;
  await transport.close();
  return 0;
};

process.exitCode = await main();
