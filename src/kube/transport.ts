import type { Dispatcher } from "undici";
import type { Credentials } from "./credentials.ts";
import { KubeError, failureOfAnswer } from "./failure.ts";
import type { Failure } from "./failure.ts";
import { readLines } from "./lines.ts";
import { openPool } from "./pool.ts";

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
};

/** The way to the API server. Both methods throw KubeError, or the signal's reason once it is aborted. */
export type Transport = {
  /** Sends one request with a JSON body and gives the JSON answer. It does not retry. */
  readonly request: <T>(method: Method, path: string, options?: RequestOptions) => Promise<T>;
  /** A GET whose answer is one JSON value per line; ends when the server ends it between two lines. */
  readonly stream: (path: string, query: Query, signal: AbortSignal) => AsyncIterable<unknown>;
  /** Cuts every connection. */
  readonly close: () => Promise<void>;
};

/** Admission may keep a write for 30 s (the longest webhook timeout), so an answer may start that late. */
const answerTimeoutMs = 35_000;
/** Bookmarks come about once a minute: a watch that is silent for longer than two and a half is cut, not quiet. */
const silenceTimeoutMs = 150_000;
/** etcd stores objects of at most 1.5 MB by default; a line beyond this is not an event. */
const longestLineBytes = 16 * 1024 * 1024;

/** A transport over one pool of kept-alive HTTP/1.1 connections; credentials are read anew for every request. Nothing is opened before the first one. A stream silent for `silenceMs` is a KubeError `timeout`. */
export const connect = (
  credentials: Credentials,
  { userAgent = "domicile", silenceMs = silenceTimeoutMs } = {},
): Transport => {
  const pool = openPool(credentials);
  const base = credentials.server.pathname.replace(/\/+$/, "");

  const send = async (
    method: Method,
    path: string,
    { query = {}, body, contentType = "application/json", signal }: RequestOptions,
    bodyTimeout: number,
  ): Promise<Dispatcher.ResponseData> => {
    const { headers, dispatcher } = await pool.current();
    return dispatcher.request({
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
  };

  return {
    request: async <T>(method: Method, path: string, options: RequestOptions = {}): Promise<T> => {
      const name = `${method} ${path}`;
      return guard(name, options.signal, async () => {
        const answer = await send(method, path, options, answerTimeoutMs);
        const text = await answer.body.text();
        if (answer.statusCode >= 300) throw new KubeError(failureOf(answer, text), name);
        return parse(text, name) as T;
      });
    },
    stream: async function* (path, query, signal) {
      const name = `GET ${path} (watch)`;
      try {
        const answer = await send("GET", path, { query, signal }, silenceMs);
        if (answer.statusCode >= 300) throw new KubeError(failureOf(answer, await answer.body.text()), name);
        for await (const line of readLines(answer.body, longestLineBytes, name)) yield parse(line, name);
      } catch (problem) {
        throw explain(problem, name, signal);
      }
    },
    close: () => pool.close(),
  };
};

const guard = async <T>(name: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (problem) {
    throw explain(problem, name, signal);
  }
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
