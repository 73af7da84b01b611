import { errors } from "undici";
import type { Dispatcher } from "undici";
import type { Credentials } from "./credentials.ts";
import { KubeError, failureOfAnswer } from "./failure.ts";
import type { Failure } from "./failure.ts";
import { readLines } from "./lines.ts";
import { openPool } from "./pool.ts";
import { readWarnings } from "./warnings.ts";

/** The HTTP methods that Kubernetes knows. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
/** Query parameters; undefined ones are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;
/** What a request carries; `body` is sent as JSON. */
export type RequestOptions = {
  readonly query?: Query;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  /** Asked last before the request is sent; a throw keeps it back, as a KubeError unless the signal has aborted. */
  readonly fence?: () => void;
  /** Hears what the API server warns of in its answer. */
  readonly warned?: (warnings: readonly string[]) => void;
};

/** The way to the API server. Both methods throw KubeError, or the signal's reason once it is aborted. */
export type Transport = {
  /** Sends one request with a JSON body and gives the JSON answer. It does not retry. */
  readonly request: <T>(method: Method, path: string, options?: RequestOptions) => Promise<T>;
  /** A GET whose answer is one JSON value per line: resolves once the server has said yes; the lines end when it ends them between two. Who opens it reads it. */
  readonly stream: (path: string, query: Query, signal: AbortSignal) => Promise<AsyncIterable<unknown>>;
  /** Cuts every connection. */
  readonly close: () => Promise<void>;
};

/** Admission may keep a write for 30 s (the longest webhook timeout), so an answer may start that late. */
const answerTimeoutMs = 35_000;
/** Milliseconds: of a kind that changes bookmarks come about once a minute, so a watch that is silent for longer than two and a half is of a quiet kind, or cut. */
export const silenceTimeoutMs = 150_000;
/** An object is at most 1.5 MB in etcd by default, and some times that as JSON; a line or an answer beyond this would be more than a replica has memory for. */
const longestBytes = 16 * 1024 * 1024;

/** A transport over one pool of kept-alive HTTP/1.1 connections; credentials are read anew for every request. Nothing is opened before the first one. A stream silent for `silenceMs` is a KubeError `silent`, an answer above `answerBytes` one `tooLarge`. */
export const connect = (
  credentials: Credentials,
  { userAgent = "domicile", silenceMs = silenceTimeoutMs, answerBytes = longestBytes } = {},
): Transport => {
  const pool = openPool(credentials);
  const base = credentials.server.pathname.replace(/\/+$/, "");

  const send = async (
    method: Method,
    path: string,
    { query = {}, body, contentType = "application/json", signal, fence }: RequestOptions,
    bodyTimeout: number,
  ): Promise<Dispatcher.ResponseData> => {
    const { headers, dispatcher } = await pool.current();
    fence?.();
    const answer = await dispatcher.request({
      origin: credentials.server.origin,
      path: `${base}${path}${encodeQuery(query)}`,
      method,
      headers: {
        ...headers,
        accept: "application/json",
        "user-agent": userAgent,
        ...(body === undefined ? {} : { "content-type": contentType }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      headersTimeout: answerTimeoutMs,
      bodyTimeout,
      ...(signal ? { signal } : {}),
    });
    if (answer.statusCode === 401) credentials.refused?.(headers);
    return answer;
  };

  return {
    request: async <T>(method: Method, path: string, options: RequestOptions = {}): Promise<T> => {
      const name = `${method} ${path}`;
      try {
        const answer = await send(method, path, options, answerTimeoutMs);
        const text = await readText(answer.body, answerBytes, name);
        if (answer.statusCode >= 300) throw new KubeError(failureOf(answer, text), name);
        options.warned?.(readWarnings(answer.headers["warning"]));
        return parse(text, name) as T;
      } catch (problem) {
        throw explain(problem, name, options.signal);
      }
    },
    stream: async (path, query, signal) => {
      const name = `GET ${path} (watch)`;
      try {
        const answer = await send("GET", path, { query, signal }, silenceMs);
        if (answer.statusCode < 300) return readStream(answer.body, name, signal);
        throw new KubeError(failureOf(answer, await readText(answer.body, answerBytes, name)), name);
      } catch (problem) {
        throw explain(problem, name, signal);
      }
    },
    close: () => pool.close(),
  };
};

async function* readStream(body: AsyncIterable<Buffer>, name: string, signal: AbortSignal): AsyncGenerator<unknown> {
  try {
    for await (const line of readLines(body, longestBytes, name)) yield parse(line, name);
  } catch (problem) {
    const silent = problem instanceof errors.BodyTimeoutError;
    throw silent ? new KubeError({ kind: "silent", message: problem.message }, name) : explain(problem, name, signal);
  }
}

const readText = async (body: AsyncIterable<Buffer>, longest: number, name: string): Promise<string> => {
  const parts: Buffer[] = [];
  let held = 0;
  for await (const part of body) {
    held += part.length;
    // Leaving the loop ends the connection: what is not read is not paid for.
    if (held > longest) throw new KubeError({ kind: "tooLarge", message: `longer than ${longest} bytes` }, name);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
};

/** What is thrown to callers: the abort reason of a live signal's end, a KubeError as it is, anything else as network or timeout. */
const explain = (problem: unknown, name: string, signal: AbortSignal | undefined): unknown => {
  if (signal?.aborted) return signal.reason;
  if (problem instanceof KubeError) return problem;
  const { code, message } =
    problem instanceof Error ? (problem as NodeJS.ErrnoException) : { code: undefined, message: String(problem) };
  const said = code === undefined || message.includes(code) ? message : `${message} (${code})`;
  const timedOut = code !== undefined && /TIMEOUT|TIMEDOUT/.test(code);
  return new KubeError({ kind: timedOut ? "timeout" : "network", message: said }, name, { cause: problem });
};

const failureOf = (answer: Dispatcher.ResponseData, text: string): Failure => {
  const after = answer.headers["retry-after"];
  return failureOfAnswer(answer.statusCode, jsonOrText(text), typeof after === "string" ? after : undefined);
};

const jsonOrText = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const parse = (text: string, name: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new KubeError({ kind: "malformed", message: `the answer is not JSON: ${text.slice(0, 100)}` }, name);
  }
};

const encodeQuery = (query: Query): string => {
  const pairs = Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]));
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs)}`;
};
