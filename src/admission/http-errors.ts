import type { FastifyError } from "fastify";
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
