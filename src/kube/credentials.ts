import { KubeConfig } from "@kubernetes/client-node";
import { existsSync } from "node:fs";
import type { RequestOptions } from "node:https";

/** What TLS needs beside the address: certificate authority, client certificate, the name to check. */
export type TlsMaterial = {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
};

/** Where the API server is and who we are. `current` reads rotating token files and runs exec plugins; it throws with a sentence when it cannot. */
export type Credentials = {
  readonly server: URL;
  readonly proxy?: string;
  readonly namespace?: string;
  readonly current: () => Promise<{ readonly headers: Readonly<Record<string, string>>; readonly tls: TlsMaterial }>;
};

const inClusterToken = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/**
 * Credentials from the kubeconfig file at path `kubeconfig` (its current context, or `context`); without one from the
 * pod's service account, else from KUBECONFIG or the home folder. Throws an Error with a sentence when there is none.
 */
export const loadCredentials = (
  source: { readonly kubeconfig?: string; readonly context?: string } = {},
): Credentials => {
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
    current: () => readCurrent(config),
  };
};

const readCurrent = async (config: KubeConfig): ReturnType<Credentials["current"]> => {
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
