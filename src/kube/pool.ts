import { Agent, ProxyAgent } from "undici";
import type { Dispatcher } from "undici";
import type { Credentials, TlsMaterial } from "./credentials.ts";
import { KubeError } from "./failure.ts";

/** Connections shared by all requests. */
export type Pool = {
  /** The headers that say who we are, and the dispatcher for the TLS material of now. Throws KubeError `credentials`. */
  readonly current: () => Promise<{
    readonly headers: Readonly<Record<string, string>>;
    readonly dispatcher: Dispatcher;
  }>;
  readonly close: () => Promise<void>;
};

/** One pool for these credentials; when their certificates change a new one takes over and the old one ends with its last request. */
export const openPool = (credentials: Credentials): Pool => {
  let open: { readonly material: string; readonly dispatcher: Dispatcher } | undefined;
  const all = new Set<Dispatcher>();

  const current: Pool["current"] = async () => {
    const { headers, tls } = await credentials.current().catch((cause: unknown) => {
      const said = cause instanceof Error ? cause.message : String(cause);
      throw new KubeError({ kind: "credentials", message: said }, `credentials for ${credentials.server.origin}`, {
        cause,
      });
    });
    const material = [tls.ca, tls.cert, tls.key, tls.servername, tls.rejectUnauthorized].join("\0");
    if (open?.material !== material) {
      const last = open?.dispatcher;
      open = { material, dispatcher: openDispatcher(tls, credentials.proxy) };
      all.add(open.dispatcher);
      // Resolves once the old certificate's watches have run out, which may be minutes from now.
      if (last) void last.close().then(() => all.delete(last));
    }
    return { headers, dispatcher: open.dispatcher };
  };

  return {
    current,
    close: async () => {
      await Promise.all([...all].map((dispatcher) => dispatcher.destroy()));
    },
  };
};

/** HTTP/1.1, so that one lost connection costs one watch and not all. Idle connections go before the API server's 90 s. */
const openDispatcher = (tls: TlsMaterial, proxy: string | undefined): Dispatcher => {
  const options = { allowH2: false, connections: 64, pipelining: 1, keepAliveTimeout: 60_000 } as const;
  const connect = { ...tls, timeout: 10_000, keepAlive: true, keepAliveInitialDelay: 30_000 };
  return proxy === undefined
    ? new Agent({ ...options, connect })
    : new ProxyAgent({ ...options, uri: proxy, requestTls: connect });
};
