import type { FastifyError } from "fastify";
import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";
import { mostValues } from "./limits.ts";
import { paths } from "./paths.ts";

/** What is wrong with a request that never became a review, by fastify's code for it where fastify finds it too. */
const problems = {
  FST_ERR_CTP_BODY_TOO_LARGE: [
    413,
    "The body is larger than 7 MiB, more than a review of two objects of the largest size.",
  ],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, "The content type is not application/json, which is what API servers send."],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, "The body is empty. Send an admission.k8s.io/v1 AdmissionReview."],
  FST_ERR_CTP_INVALID_JSON_BODY: [
    400,
    "The body is not JSON, or not all of it. Send an admission.k8s.io/v1 AdmissionReview.",
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, "The body is not as long as its Content-Length says. Send all of it."],
  TOO_MANY_VALUES: [
    413,
    `The body holds more than ${mostValues.toLocaleString("en-US")} values, which no object needs. Send a smaller one.`,
  ],
  CROWDED: [503, "Too many large bodies are on their way, and this one was the slowest. Try again."],
} as const satisfies Readonly<Record<string, readonly [status: number, message: string]>>;

/** The code of one of them. */
export type BodyProblem = keyof typeof problems;

/** An error that says so. */
export const problem = (code: BodyProblem): Error => Object.assign(new Error(problems[code][1]), { code });

const isProblem = (code: string): code is BodyProblem => Object.hasOwn(problems, code);

/** The status and sentence for an error on the way to a handler. A status of 500 is a defect of Domicile. */
export const describe = (error: Partial<FastifyError>): { readonly status: number; readonly message: string } => {
  const { code = "", statusCode = 500, message = "" } = error;
  if (isProblem(code)) return { status: problems[code][0], message: problems[code][1] };
  if (statusCode >= 500) return { status: 500, message: "Domicile failed while it answered. Its log says where." };
  return { status: statusCode, message: `The request cannot be read: ${message.slice(0, 200)}` };
};

/** The sentence for a path that is not served. */
export const notFound = (method: string, url: string): string =>
  `Nothing is served at ${method} ${url.slice(0, 120)}. Domicile answers POST ${Object.values(paths).join(", ")}.`;

/** The sentence while the caches are not filled. */
export const notReady = "Domicile is starting: it has not read the whole cluster yet and decides nothing. Try again.";

/** Answers what is not HTTP, or stopped half-way, or took too long, and closes the connection. */
export const answerBrokenRequest = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  end(socket, broken[error.code ?? ""] ?? otherwise);
};

/** Answers what Node would refuse without a word. */
export const answerOddRequests = (server: HttpServer | HttpsServer): void => {
  server.on("connect", (_request: IncomingMessage, socket: Socket) => end(socket, tunnel));
  server.on("checkExpectation", (_request: IncomingMessage, { socket }: ServerResponse) => {
    if (socket !== null) end(socket, expectation);
  });
};

/** Tells a connection that it had to make room for another, and closes it. */
export const answerCrowded = (socket: Socket): void => end(socket, crowded);

const end = (socket: Socket, { status, message }: Broken): void => {
  const body = JSON.stringify({ message });
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  socket.destroySoon();
};

type Broken = { readonly status: string; readonly message: string };

const tunnel: Broken = { status: "405 Method Not Allowed", message: "Domicile is no proxy." };
const expectation: Broken = { status: "417 Expectation Failed", message: "No expectation but 100-continue is known." };
const crowded: Broken = {
  status: "503 Service Unavailable",
  message: "Too many connections: this one was needed least. Try again.",
};
const otherwise: Broken = { status: "400 Bad Request", message: "This is not a whole HTTP request." };
const broken: Readonly<Record<string, Broken>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: "408 Request Timeout", message: "The request did not arrive in time." },
  HPE_HEADER_OVERFLOW: { status: "431 Request Header Fields Too Large", message: "The headers are too large." },
};
