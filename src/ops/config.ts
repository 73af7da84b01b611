import { parseArgs } from "node:util";
import { logLevels, type LogLevel } from "./log.ts";

/** What a process is told by flags, and where it runs by environment. Ports are 1 to 65535. */
export type Config = {
  readonly namespace: string;
  readonly podName: string;
  readonly host: string;
  readonly serviceName: string;
  readonly deployment: string;
  readonly ownerClusterRole: string;
  readonly leaseName: string;
  readonly certSecretName: string;
  readonly webhookPort: number;
  readonly webhookTimeoutSeconds: number;
  readonly opsPort: number;
  readonly logLevel: LogLevel;
  readonly kubeconfig: string | undefined;
};

/** Every flag, its default where it has one, and what it means. */
export const flags = {
  namespace: { means: "namespace Domicile runs in", default: undefined },
  host: { means: "address to listen on", default: "::" },
  "service-name": { means: "Service the API server calls", default: "domicile-webhook" },
  deployment: { means: "Deployment of this process; while it is deleted nothing is repaired", default: "domicile" },
  "owner-cluster-role": { means: "ClusterRole that owns the webhook configurations", default: "domicile-webhooks" },
  lease: { means: "Lease that elects the replica that runs the controllers", default: "domicile" },
  "cert-secret": { means: "Secret that replicas share certificates in", default: "domicile-webhook-tls" },
  "webhook-port": { means: "port of the webhooks", default: "8443" },
  "webhook-timeout-seconds": { means: "seconds the API server waits for an answer, 1 to 30", default: "2" },
  "ops-port": { means: "port of /healthz, /readyz and /metrics", default: "8080" },
  "log-level": { means: `one of ${logLevels.join(", ")}`, default: "info" },
  kubeconfig: { means: "kubeconfig file; inside a pod its service account is used", default: undefined },
} as const;

type Flag = keyof typeof flags;

/** Reads flags and environment (POD_NAME), or says everything that is wrong with them. */
export const parseConfig = (
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly problems: readonly string[] } => {
  const problems: string[] = [];
  const given = read(argv, problems);
  const text = (flag: Flag): string => {
    const value = given[flag] ?? flags[flag].default;
    if (value === undefined || value === "") problems.push(`--${flag} is required: ${flags[flag].means}`);
    return value ?? "";
  };
  const whole = (flag: Flag, most: number): number => {
    const value = text(flag);
    const number = /^[0-9]{1,5}$/.test(value) ? Number(value) : 0;
    if (number < 1 || number > most)
      problems.push(`--${flag} must be a whole number from 1 to ${most}, and is "${value}"`);
    return number;
  };
  const level = logLevels.find((known) => known === text("log-level"));
  if (level === undefined) problems.push(`--log-level must be ${flags["log-level"].means}`);
  const podName = env["POD_NAME"] ?? "";
  if (podName === "") problems.push("the environment variable POD_NAME is required: it tells replicas apart");

  const config: Config = {
    namespace: text("namespace"),
    podName,
    host: text("host"),
    serviceName: text("service-name"),
    deployment: text("deployment"),
    ownerClusterRole: text("owner-cluster-role"),
    leaseName: text("lease"),
    certSecretName: text("cert-secret"),
    webhookPort: whole("webhook-port", 65_535),
    webhookTimeoutSeconds: whole("webhook-timeout-seconds", 30),
    opsPort: whole("ops-port", 65_535),
    logLevel: level ?? "info",
    kubeconfig: given.kubeconfig,
  };
  return problems.length === 0 ? { ok: true, config } : { ok: false, problems };
};

const read = (argv: readonly string[], problems: string[]): Partial<Record<Flag, string>> => {
  const options = Object.fromEntries(Object.keys(flags).map((flag) => [flag, { type: "string" as const }]));
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, tokens: true });
  const given: Partial<Record<Flag, string>> = {};
  for (const token of tokens) {
    if (token.kind === "positional") problems.push(`"${token.value}" is not a flag`);
    if (token.kind !== "option") continue;
    const flag = Object.keys(flags).find((known): known is Flag => known === token.name);
    if (flag === undefined)
      problems.push(`${token.rawName} is not a flag; known are --${Object.keys(flags).join(", --")}`);
    else if (token.value === undefined) problems.push(`--${flag} needs a value: ${flags[flag].means}`);
    else given[flag] = token.value;
  }
  return given;
};
