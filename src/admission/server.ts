import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Server } from "node:https";
import { answerReview, type Surroundings } from "./answer-review.ts";
import type { KeyPair } from "./ca.ts";
import { answerBrokenRequest, describe, notFound, notReady } from "./http-errors.ts";
import { bodyLimit, checkEveryMs, headersMs, keepAliveMs, maxConnections, requestMs } from "./limits.ts";
import { webhooks } from "./webhook.ts";

/** The server of the webhooks. */
export type AdmissionServer = FastifyInstance<Server>;

/** What the server needs besides what deciding needs. */
export type AdmissionOptions = Surroundings & {
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  /** Whether every store has listed once; before that every review is answered with 503. */
  readonly ready: () => boolean;
};

/** Builds the HTTPS server of the webhooks. It listens only when told to: `app.listen({ host, port })`. */
export const createAdmissionServer = (options: AdmissionOptions): AdmissionServer => {
  const { observer } = options;
  const fail = (error: Error, _request: FastifyRequest, reply: FastifyReply): void => {
    const { status, message } = describe(error);
    if (status === 500) observer.fault(error, undefined);
    void reply.code(status).send({ message });
  };

  const app: AdmissionServer = fastify({
    https: {
      cert: options.cert,
      key: options.key,
      connectionsCheckingInterval: checkEveryMs,
      handshakeTimeout: requestMs,
    },
    bodyLimit,
    keepAliveTimeout: keepAliveMs,
    requestTimeout: requestMs,
    // A pod may hold any key, `__proto__` among them (CSI volume attributes are free text). JSON.parse makes it a key
    // like any other, and nothing here assigns by a key from a body, so there is nothing to protect by refusing it.
    onProtoPoisoning: "ignore",
    onConstructorPoisoning: "ignore",
    // While closing, a request on a connection that is still open is answered like any other.
    return503OnClosing: false,
    forceCloseConnections: "idle",
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: fail,
    exposeHeadRoutes: false,
  });
  app.server.headersTimeout = headersMs;
  app.server.maxConnections = maxConnections;

  app.removeContentTypeParser("text/plain");
  app.setErrorHandler(fail);
  app.setNotFoundHandler((request, reply) => {
    void reply.code(404).send({ message: notFound(request.method, request.url) });
  });
  app.addHook("onRequest", async (_request, reply) => {
    if (!options.ready()) return reply.code(503).send({ message: notReady });
  });
  app.addHook("onSend", async (_request, reply) => {
    // The listener is gone once closing began: the connection goes after its last answer, not a keep-alive later.
    if (!app.server.listening) reply.header("connection", "close");
  });

  for (const webhook of webhooks)
    app.post<{ readonly Params: { readonly zone?: string } }>(`${webhook.path}/:zone?`, async (request, reply) => {
      const { status, body } = answerReview({ webhook, zone: request.params.zone, body: request.body }, options);
      return reply.code(status).send(body);
    });
  return app;
};

/** Serves with another certificate from the next connection on; connections that stand are kept. */
export const reload = (app: AdmissionServer, { cert, key }: KeyPair): void =>
  app.server.setSecureContext({ cert, key });
