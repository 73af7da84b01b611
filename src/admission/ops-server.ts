import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { guardConnections } from "./connections.ts";
import { checkEveryMs, headersMs, maxOpsConnections, requestMs } from "./limits.ts";
import { answerBrokenRequest, answerOddRequests } from "./raw-answers.ts";

/** What probes and Prometheus are told. */
export type OpsOptions = {
  /** What is not ready yet, each in words ("caches: pods and nodes are not read yet"); empty when all is. */
  readonly notReady: () => readonly string[];
  /** The metrics in Prometheus' text form, and its content type. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
};

/** Builds the plain HTTP server of /healthz, /readyz and /metrics. Nothing it says is secret, and it changes nothing. */
export const createOpsServer = ({ notReady, metrics }: OpsOptions): FastifyInstance => {
  const plain = "text/plain; charset=utf-8";
  const fail = (error: unknown, _request: FastifyRequest, reply: FastifyReply): void => {
    const { statusCode = 500, message = String(error) }: Partial<FastifyError> = error instanceof Error ? error : {};
    const said = statusCode < 500 ? "The request cannot be read" : "Domicile could not answer";
    void reply.code(statusCode).type(plain).send(`${said}: ${message}\n`);
  };
  const app = fastify({
    http: { connectionsCheckingInterval: checkEveryMs, requireHostHeader: false },
    requestTimeout: requestMs,
    bodyLimit: 1,
    forceCloseConnections: true,
    return503OnClosing: false,
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: fail,
  });
  app.server.headersTimeout = headersMs;
  // Whoever fills this server up would have the kubelet's probes fail, and us restarted.
  guardConnections(app.server, maxOpsConnections);
  answerOddRequests(app.server);

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
  app.setErrorHandler(fail);
  return app;
};
