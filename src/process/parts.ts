import type { Cache } from "../controllers/cache.ts";
import type { Events } from "../controllers/events.ts";
import type { Transport } from "../kube/transport.ts";
import type { Config } from "../ops/config.ts";
import type { Log } from "../ops/log.ts";
import type { Metrics } from "../ops/metrics.ts";
import type { Hindrance } from "./hindrance.ts";
import type { Standby } from "./standby.ts";

/** What both halves of a process, the serving and the governing one, stand on. */
export type Parts = {
  readonly config: Config;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly transport: Transport;
  readonly cache: Cache;
  readonly events: Events;
  readonly hindrance: Hindrance;
  readonly standby: Standby;
};
