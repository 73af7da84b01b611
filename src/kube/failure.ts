/** One cause inside an API server's Status: the field, the machine's reason and the sentence. */
export type Cause = { readonly field?: string; readonly reason?: string; readonly message?: string };

/** Everything that can go wrong between us and the API server. `message` is the server's own sentence where it gave one; `retryAfterMs` is its Retry-After in milliseconds. `silent` is an open watch that says nothing any more, `tooLarge` an answer longer than we read. */
export type Failure =
  | { readonly kind: "unauthorized"; readonly status: 401; readonly message: string }
  | { readonly kind: "forbidden"; readonly status: 403; readonly message: string }
  | { readonly kind: "notFound"; readonly status: 404; readonly message: string }
  | { readonly kind: "alreadyExists"; readonly status: 409; readonly message: string }
  | { readonly kind: "conflict"; readonly status: 409; readonly message: string; readonly causes: readonly Cause[] }
  | { readonly kind: "gone"; readonly status: 410; readonly message: string }
  | { readonly kind: "invalid"; readonly status: 422; readonly message: string; readonly causes: readonly Cause[] }
  | {
      readonly kind: "tooManyRequests";
      readonly status: 429;
      readonly message: string;
      readonly causes: readonly Cause[];
      readonly retryAfterMs?: number;
    }
  | { readonly kind: "unavailable"; readonly status: number; readonly message: string; readonly retryAfterMs?: number }
  | { readonly kind: "rejected"; readonly status: number; readonly message: string }
  | { readonly kind: "timeout"; readonly message: string }
  | { readonly kind: "silent"; readonly message: string }
  | { readonly kind: "tooLarge"; readonly message: string }
  | { readonly kind: "network"; readonly message: string }
  | { readonly kind: "credentials"; readonly message: string }
  | { readonly kind: "malformed"; readonly message: string };

/** The only thing kube/ throws, besides the caller's own abort reason. `message` names the request. */
export class KubeError extends Error {
  override readonly name = "KubeError";
  readonly failure: Failure;

  constructor(failure: Failure, request: string, options?: ErrorOptions) {
    super(`${request}: ${failure.message}`, options);
    this.failure = failure;
  }
}

/** Whether `problem` is a KubeError whose failure is one of `kinds`. */
export const failedWith = (problem: unknown, ...kinds: readonly Failure["kind"][]): problem is KubeError =>
  problem instanceof KubeError && kinds.includes(problem.failure.kind);

/** What `work` gives, or undefined where the API server says that the object is not there. Everything else is thrown. */
export const unlessGone = async <T>(work: Promise<T>): Promise<T | undefined> => {
  try {
    return await work;
  } catch (problem) {
    if (failedWith(problem, "notFound")) return undefined;
    throw problem;
  }
};

/** A balancer that asks us to stay away for a day would leave us blind; an API server asks for seconds. */
const longestHeedMs = 120_000;

/** How many milliseconds the API server asked to be left alone, with what it answered; 0 where it did not, at most 120,000. */
export const askedToWaitMs = (problem: unknown): number => {
  if (!(problem instanceof KubeError) || !("retryAfterMs" in problem.failure)) return 0;
  return Math.min(problem.failure.retryAfterMs ?? 0, longestHeedMs);
};

/** A Kubernetes Status object, as far as it is read. */
type Status = {
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: { readonly causes?: readonly Cause[]; readonly retryAfterSeconds?: number };
};

/** The failure that an HTTP answer of 400 or more means; `body` is a Status, or whatever a proxy in between said. `retryAfter` is the header, in seconds. */
export const failureOfAnswer = (status: number, body: unknown, retryAfter?: string): Failure => {
  const said = readStatus(body);
  const message = said.message ?? (typeof body === "string" && body !== "" ? body.slice(0, 500) : `HTTP ${status}`);
  const causes = said.details?.causes ?? [];
  const seconds = retryAfterSeconds(said, retryAfter);
  const wait = seconds === undefined ? {} : { retryAfterMs: seconds * 1000 };
  switch (status) {
    case 401:
      return { kind: "unauthorized", status, message };
    case 403:
      return { kind: "forbidden", status, message };
    case 404:
      return { kind: "notFound", status, message };
    case 409:
      if (said.reason === "AlreadyExists") return { kind: "alreadyExists", status, message };
      return { kind: "conflict", status, message, causes };
    case 410:
      return { kind: "gone", status, message };
    case 422:
      return { kind: "invalid", status, message, causes };
    case 429:
      return { kind: "tooManyRequests", status, message, causes, ...wait };
    default:
      if (status >= 500) return { kind: "unavailable", status, message, ...wait };
      return { kind: "rejected", status, message };
  }
};

/** The failure that an ERROR event inside a watch means: its object is a Status whose code is the HTTP status. */
export const failureOfStatus = (body: unknown): Failure => {
  const { code } = readStatus(body);
  if (code === undefined) return { kind: "malformed", message: "the watch sent an ERROR event without a code" };
  return failureOfAnswer(code, body);
};

const retryAfterSeconds = (said: Status, header: string | undefined): number | undefined => {
  if (header !== undefined && /^[0-9]{1,6}$/.test(header)) return Number(header);
  return said.details?.retryAfterSeconds;
};

const readStatus = (body: unknown): Status => {
  if (typeof body !== "object" || body === null) return {};
  const { message, reason, code, details } = body as Readonly<Record<string, unknown>>;
  return {
    ...(typeof message === "string" && message !== "" ? { message } : {}),
    ...(typeof reason === "string" ? { reason } : {}),
    ...(typeof code === "number" ? { code } : {}),
    ...(typeof details === "object" && details !== null ? { details: readDetails(details) } : {}),
  };
};

const readDetails = (details: object): NonNullable<Status["details"]> => {
  const { causes, retryAfterSeconds } = details as Readonly<Record<string, unknown>>;
  return {
    ...(Array.isArray(causes) ? { causes: causes.filter((cause) => typeof cause === "object" && cause !== null) } : {}),
    ...(typeof retryAfterSeconds === "number" && retryAfterSeconds > 0 ? { retryAfterSeconds } : {}),
  };
};
