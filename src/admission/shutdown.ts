import type { FastifyInstance } from "fastify";
import type { Server } from "node:https";

/** How serving ends. */
export type Drain = {
  /** Makes readiness fail, so that the Service sends nothing new here. */
  readonly unready: () => void;
  /** How long endpoints take to lose us, in milliseconds: until then we are still called. */
  readonly graceMs: number;
  /** Waits that long. */
  readonly wait: (ms: number) => Promise<void>;
};

/**
 * Ends serving without losing a request: unready first, then every answer asks its connection to go elsewhere while
 * serving goes on, then the listener closes, what is in flight is answered and idle connections end. Resolves when
 * the last connection is gone.
 */
export const drain = async (app: FastifyInstance<Server>, { unready, graceMs, wait }: Drain): Promise<void> => {
  unready();
  app.server.prependListener("request", (_request, response) => {
    response.setHeader("connection", "close");
  });
  await wait(graceMs);
  await app.close();
};
