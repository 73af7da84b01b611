import { Agent, request } from "undici";
import type { KeyPair } from "./pki.ts";

/** How to prove who we are: a client certificate, a bearer token, or nothing (system:anonymous). */
export type Credentials = { readonly certificate?: KeyPair; readonly token?: string };

/** What the API server answered: `body` is T when `ok`, otherwise a Status whose message and reason are also beside it. */
export type Answer<T> = {
  readonly ok: boolean;
  readonly status: number;
  readonly body: T;
  readonly message: string;
  readonly reason: string;
  /** The Warning headers, as kubectl prints them. */
  readonly warnings: readonly string[];
};

export type Call = {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  readonly contentType?: string;
};

/** One identity's pooled connection to the API server. */
export type Transport = {
  send<T>(call: Call): Promise<Answer<T>>;
  /** Lines of a watch, parsed; ends when the server ends it, rejects when the connection breaks. */
  stream(call: Call, signal: AbortSignal): AsyncIterable<unknown>;
  close(): Promise<void>;
};

/** Opens a transport; connections are made when first used. */
export const openTransport = (server: string, ca: string, { certificate, token }: Credentials): Transport => {
  const connect = { ca, ...(certificate ? { cert: certificate.cert, key: certificate.key } : {}) };
  // HTTP/1.1: a watch has a connection of its own, and tests see what most clients' requests look like.
  const dispatcher = new Agent({ connect, allowH2: false, bodyTimeout: 0, headersTimeout: 60_000 });
  const headers = (call: Call): Record<string, string> => ({
    accept: "application/json",
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(call.body === undefined ? {} : { "content-type": call.contentType ?? "application/json" }),
  });
  const url = ({ path, query = {} }: Call): string => {
    const set = Object.entries(query).filter(([, value]) => value !== undefined);
    const search = new URLSearchParams(set.map(([key, value]) => [key, String(value)])).toString();
    return `${server}${path}${search ? `?${search}` : ""}`;
  };
  const open = (call: Call, signal?: AbortSignal) =>
    request(url(call), {
      method: call.method,
      dispatcher,
      headers: headers(call),
      ...(call.body === undefined
        ? {}
        : { body: typeof call.body === "string" ? call.body : JSON.stringify(call.body) }),
      ...(signal ? { signal } : {}),
    });

  return {
    async send<T>(call: Call): Promise<Answer<T>> {
      const answer = await open(call);
      const text = await answer.body.text();
      const body = parse(text) as T & { readonly message?: string; readonly reason?: string };
      const ok = answer.statusCode < 400;
      return {
        ok,
        status: answer.statusCode,
        body,
        message: ok ? "" : (body?.message ?? text),
        reason: ok ? "" : (body?.reason ?? ""),
        warnings: [answer.headers["warning"] ?? []].flat().map((line) => /^\d+ \S+ "(.*)"$/.exec(line)?.[1] ?? line),
      };
    },
    async *stream(call, signal) {
      const answer = await open(call, signal);
      if (answer.statusCode >= 400) throw new Error(`${call.path}: ${answer.statusCode} ${await answer.body.text()}`);
      answer.body.setEncoding("utf8");
      let rest = "";
      for await (const chunk of answer.body) {
        const lines = (rest + String(chunk)).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) if (line) yield JSON.parse(line) as unknown;
      }
    },
    close: () => dispatcher.destroy(),
  };
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};
