import type { FastifyError } from "fastify";
import type { Socket } from "node:net";
import { paths } from "./paths.ts";

/** What is wrong with a request that never became a review, in a sentence, by fastify's code for it. */
const sentences: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "The body is larger than 7 MiB, more than a review of two objects of the largest size.",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "The content type is not application/json, which is what API servers send.",
  FST_ERR_CTP_EMPTY_JSON_BODY: "The body is empty. Send an admission.k8s.io/v1 AdmissionReview.",
  FST_ERR_CTP_INVALID_JSON_BODY: "The body is not JSON, or not all of it. Send an admission.k8s.io/v1 AdmissionReview.",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "The body is not as long as its Content-Length says. Send all of it.",
};

/** The status and sentence for an error on the way to a handler. A status of 500 is a defect of Domicile. */
export const describe = (error: Partial<FastifyError>): { readonly status: number; readonly message: string } => {
  const status = error.statusCode ?? 500;
  if (status >= 500) return { status: 500, message: "Domicile failed while it answered. Its log says where." };
  return { status, message: sentences[error.code ?? ""] ?? `The request cannot be read: ${error.message ?? ""}` };
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
  const { status, message } = broken[error.code ?? ""] ?? otherwise;
  const body = JSON.stringify({ message });
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  socket.destroySoon();
};

const otherwise = { status: "400 Bad Request", message: "This is not a whole HTTP request." };
const broken: Readonly<Record<string, typeof otherwise>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: "408 Request Timeout", message: "The request did not arrive in time." },
  HPE_HEADER_OVERFLOW: { status: "431 Request Header Fields Too Large", message: "The headers are too large." },
};
