import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Server } from "node:https";
import { answerReview, type Surroundings } from "./answer-review.ts";
import { makeBodies } from "./bodies.ts";
import type { KeyPair } from "../certificates/ca.ts";
import { guardConnections } from "./connections.ts";
import { describe, notFound, notReady } from "./http-errors.ts";
import { checkEveryMs, headersMs, keepAliveMs, maxConnections, requestMs } from "./limits.ts";
import { answerBrokenRequest, answerOddRequests } from "./raw-answers.ts";
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
      // Node would answer a request without Host by itself, and without a word.
      requireHostHeader: false,
    },
    keepAliveTimeout: keepAliveMs,
    requestTimeout: requestMs,
    // While closing, a request on a connection that is still open is answered like any other.
    return503OnClosing: false,
    forceCloseConnections: "idle",
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: fail,
    exposeHeadRoutes: false,
  });
  app.server.headersTimeout = headersMs;
  guardConnections(app.server, maxConnections);
  answerOddRequests(app.server);

  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", makeBodies(setImmediate));
  app.setErrorHandler(fail);
  app.setNotFoundHandler((request, reply) => {
    void reply.code(404).send({ message: notFound(request.method, request.url) });
  });
  app.addHook("onSend", ({ raw }, reply, _payload, done) => {
    // Fastify closes on what it cannot read. But whoever still sends would meet a closed connection before the answer.
    if (!raw.complete) reply.removeHeader("connection");
    // The listener is gone once closing began: the connection goes after its last answer, not a keep-alive later.
    if (!app.server.listening) reply.header("connection", "close");
    done();
  });

  for (const webhook of webhooks)
    app.post<{ readonly Params: { readonly zone?: string } }>(
      `${webhook.path}/:zone?`,
      {
        onRequest: (_request, reply, done) => {
          if (options.ready()) done();
          else void reply.code(503).send({ message: notReady });
        },
      },
      (request, reply) => {
        const { status, body } = answerReview({ webhook, zone: request.params.zone, body: request.body }, options);
        void reply.code(status).send(body);
      },
    );
  return app;
};

/** Serves with another certificate from the next connection on; connections that stand are kept. */
export const reload = (app: AdmissionServer, { cert, key }: KeyPair): void =>
  app.server.setSecureContext({ cert, key });
