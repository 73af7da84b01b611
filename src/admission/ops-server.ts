import fastify, { type FastifyInstance } from "fastify";

/** What probes and Prometheus are told. */
export type OpsOptions = {
  /** What is not ready yet, each in words ("caches: pods and nodes are not read yet"); empty when all is. */
  readonly notReady: () => readonly string[];
  /** The metrics in Prometheus' text form, and its content type. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
};

/** Builds the plain HTTP server of /healthz, /readyz and /metrics. Nothing it says is secret, and it changes nothing. */
export const createOpsServer = ({ notReady, metrics }: OpsOptions): FastifyInstance => {
  const app = fastify({ forceCloseConnections: true, return503OnClosing: false, requestTimeout: 10_000, bodyLimit: 1 });
  const plain = "text/plain; charset=utf-8";

  // That this is answered at all is what it says: the event loop turns. Readiness is another question, or a cluster
  // whose API server is away would have us restarted for nothing.
  app.get("/healthz", async (_request, reply) => reply.type(plain).send("ok\n"));

  app.get("/readyz", async (_request, reply) => {
    const missing = notReady();
    if (missing.length === 0) return reply.type(plain).send("ready\n");
    return reply
      .code(503)
      .type(plain)
      .send(`not ready:\n${missing.map((what) => `- ${what}\n`).join("")}`);
  });

  app.get("/metrics", async (_request, reply) => {
    const { contentType, text } = await metrics();
    return reply.type(contentType).send(text);
  });

  app.setNotFoundHandler((_request, reply) => {
    void reply.code(404).type(plain).send("GET /healthz, /readyz and /metrics are served here.\n");
  });
  app.setErrorHandler((error, _request, reply) => {
    const said = error instanceof Error ? error.message : String(error);
    void reply.code(500).type(plain).send(`Domicile could not answer: ${said}\n`);
  });
  return app;
};
