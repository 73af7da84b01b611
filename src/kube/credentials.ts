import { KubeConfig } from "@kubernetes/client-node";
import type { User } from "@kubernetes/client-node";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { RequestOptions } from "node:https";
import { openPlugin } from "./exec-plugin.ts";
import type { ExecPlugin } from "./exec-plugin.ts";

/** What TLS needs beside the address: certificate authority, client certificate, the name to check. */
export type TlsMaterial = {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
};

/** What a request says of us. */
type Current = { readonly headers: Readonly<Record<string, string>>; readonly tls: TlsMaterial };

/** Where the API server is and who we are. `current` reads rotating token files and runs exec plugins; it throws with a sentence when it cannot. */
export type Credentials = {
  readonly server: URL;
  readonly proxy?: string;
  readonly namespace?: string;
  readonly current: () => Promise<Current>;
  /** Hears that the API server answered 401 to these headers: what can be had anew is, for the next request. */
  readonly refused?: (headers: Current["headers"]) => void;
};

const inClusterToken = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/** Which kubeconfig and which context of it; `now` is the wall clock and `pluginMs` how long an exec plugin may run. */
type CredentialsSource = {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly now?: () => number;
  readonly pluginMs?: number;
};

/**
 * Credentials from the kubeconfig file at path `kubeconfig` (its current context, or `context`); without one from the
 * pod's service account, else from KUBECONFIG or the home folder. Throws an Error with a sentence when there is none.
 */
export const loadCredentials = (source: CredentialsSource = {}): Credentials => {
  const config = new KubeConfig();
  const where = source.kubeconfig ?? "the default kubeconfig";
  try {
    if (source.kubeconfig !== undefined) config.loadFromFile(source.kubeconfig);
    else if (process.env["KUBERNETES_SERVICE_HOST"] && existsSync(inClusterToken)) config.loadFromCluster();
    else config.loadFromDefault();
  } catch (cause) {
    throw new Error(`${where} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  if (source.context !== undefined) config.setCurrentContext(source.context);
  const cluster = config.getCurrentCluster();
  if (!cluster || !URL.canParse(cluster.server)) {
    throw new Error(`${where} names no cluster with a server address for context "${config.getCurrentContext()}"`);
  }
  if (cluster.proxyUrl?.startsWith("socks")) {
    throw new Error(`${where} asks for a SOCKS proxy (${cluster.proxyUrl}); only http and https proxies work`);
  }
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace;
  return {
    server: new URL(cluster.server),
    ...(cluster.proxyUrl ? { proxy: cluster.proxyUrl } : {}),
    ...(namespace ? { namespace } : {}),
    ...authenticate(config, source),
  };
};

/**
 * Token files and exec plugins are our own affair: client-node keeps a token file's content for a minute by the wall
 * clock (for hours, when that is set back), and a plugin's first answer for ever, whatever it was; it waits for ever, too.
 */
const authenticate = (
  config: KubeConfig,
  { now = Date.now, pluginMs }: CredentialsSource,
): Pick<Credentials, "current" | "refused"> => {
  const user = config.getCurrentUser();
  const tokenFile: unknown = user?.authProvider?.config?.tokenFile;
  if (typeof tokenFile === "string") {
    const plain = withoutProviders(config);
    return {
      current: async () => {
        const [{ headers, tls }, token] = await Promise.all([readCurrent(plain), readFile(tokenFile, "utf8")]);
        return { headers: { ...headers, authorization: `Bearer ${token.trim()}` }, tls };
      },
    };
  }
  const exec: unknown = user?.exec ?? user?.authProvider?.config?.exec;
  if (!isPlugin(exec)) return { current: () => readCurrent(config) };
  const plain = withoutProviders(config);
  const plugin = openPlugin(exec, now, pluginMs);
  return {
    current: async () => {
      const { headers, tls } = await readCurrent(plain);
      const { token, cert, key } = await plugin.current();
      return {
        headers: token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` },
        tls: { ...tls, ...one("cert", cert), ...one("key", key) },
      };
    },
    refused: ({ authorization }) => plugin.refused(authorization?.replace(/^Bearer /, "")),
  };
};

const isPlugin = (value: unknown): value is ExecPlugin =>
  typeof value === "object" && value !== null && "command" in value && typeof value.command === "string";

const withoutProviders = (config: KubeConfig): KubeConfig => {
  const plain = new KubeConfig();
  const { clusters, contexts, currentContext } = config;
  const users = config.users.map(({ exec: _exec, authProvider: _provider, ...user }): User => user);
  plain.loadFromOptions({ clusters, contexts, currentContext, users });
  return plain;
};

const readCurrent = async (config: KubeConfig): Promise<Current> => {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    // client-node hands on a token file with its last newline, which no HTTP header may hold.
    if (value !== undefined) headers[name.toLowerCase()] = String(value).trim();
  }
  if (options.auth) headers["authorization"] = `Basic ${Buffer.from(options.auth).toString("base64")}`;
  return { headers, tls: readTls(options) };
};

const readTls = (options: RequestOptions): TlsMaterial => ({
  ...one("ca", options.ca),
  ...one("cert", options.cert),
  ...one("key", options.key),
  ...(options.servername === undefined ? {} : { servername: options.servername }),
  ...(options.rejectUnauthorized === undefined ? {} : { rejectUnauthorized: options.rejectUnauthorized }),
});

const one = (name: "ca" | "cert" | "key", value: unknown): { readonly [K in typeof name]?: string | Buffer } =>
  typeof value === "string" || Buffer.isBuffer(value) ? { [name]: value } : {};
