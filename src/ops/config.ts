import { parseArgs } from "node:util";
import { parseCidr } from "../cidr/block.ts";
import { ownKinds, type StatedNetworks } from "../zone/own-networks.ts";
import { parseDuration } from "./duration.ts";
import { logLevels, type LogLevel } from "./log.ts";

/** Who may make certificates. */
const certSources = ["domicile", "external"] as const;
/** One of them. */
export type CertSource = (typeof certSources)[number];

const switches = ["on", "off"] as const;

/** What a process is told by flags, and where it runs by environment. Ports are 1 to 65535. */
export type Config = {
  readonly namespace: string;
  readonly podName: string;
  readonly host: string;
  readonly serviceName: string;
  readonly serviceAccount: string;
  readonly deployment: string;
  readonly ownerClusterRole: string;
  readonly nativeOwnerClusterRole: string;
  /** Whether pods are pinned and judged by webhooks, and whether native policies are made: one of them at least. */
  readonly webhooks: boolean;
  readonly nativePolicies: boolean;
  readonly leaseName: string;
  readonly certSecretName: string;
  /** Who makes certificates: we, or somebody else whose Secret is only read. */
  readonly certSource: CertSource;
  /** Whose certificate is served until that of the other Secret is trusted. */
  readonly formerCertSecretName: string | undefined;
  /** Milliseconds. */
  readonly caDuration: number;
  /** Milliseconds. */
  readonly leafDuration: number;
  readonly webhookPort: number;
  readonly webhookTimeoutSeconds: number;
  readonly opsPort: number;
  /** The cluster's own blocks, where nodes and ServiceCIDRs do not tell them. */
  readonly stated: StatedNetworks;
  readonly logLevel: LogLevel;
  readonly kubeconfig: string | undefined;
};

/** Every flag, its default where it has one, and what it means. */
export const flags = {
  namespace: { means: "namespace Domicile runs in", default: undefined },
  host: { means: "address to listen on", default: "::" },
  "service-account": { means: "service account of this process, which native policies name", default: "domicile" },
  "service-name": { means: "Service the API server calls", default: "domicile-webhook" },
  deployment: { means: "Deployment of this process; while it is deleted nothing is repaired", default: "domicile" },
  "owner-cluster-role": { means: "ClusterRole that owns the webhook configurations", default: "domicile-webhooks" },
  "native-owner-cluster-role": {
    means: "ClusterRole that owns the native policies that Domicile makes",
    default: "domicile-native-policies",
  },
  webhooks: { means: "on: pods are pinned and judged by webhooks; off: by native policies alone", default: "on" },
  "native-policies": {
    means: "on: native policies are made, which hold while Domicile is away; or off",
    default: "on",
  },
  lease: { means: "Lease that elects the replica that runs the controllers", default: "domicile" },
  "cert-secret": { means: "Secret that replicas share certificates in", default: "domicile-webhook-tls" },
  "cert-source": {
    means: `who makes certificates, one of ${certSources.join(", ")}; external: the Secret is only read`,
    default: "domicile",
  },
  "former-cert-secret": {
    means: "Secret with what was served before --cert-source changed: served until that of --cert-secret is trusted",
    default: undefined,
  },
  // A year: only our own webhook configurations trust it, so it can change at any time. Longer would only lengthen the
  // use of a stolen key; shorter would touch the configurations more often than needed.
  "ca-duration": { means: "how long the authority of the webhooks lives, as 8760h", default: "8760h" },
  // A quarter: replicas take a new one live, without a restart.
  "leaf-duration": { means: "how long the serving certificate lives, as 2160h", default: "2160h" },
  "webhook-port": { means: "port of the webhooks", default: "8443" },
  "webhook-timeout-seconds": { means: "seconds the API server waits for an answer, 1 to 30", default: "2" },
  "ops-port": { means: "port of /healthz, /readyz and /metrics", default: "8080" },
  "pod-networks": {
    means: "blocks of this cluster's pods, by commas; instead of what nodes say, which no zone may approve",
    default: undefined,
  },
  "service-networks": {
    means: "blocks of its services, by commas; instead of what ServiceCIDRs say",
    default: undefined,
  },
  "node-networks": { means: "blocks of its nodes, by commas; instead of their addresses", default: undefined },
  "log-level": { means: `one of ${logLevels.join(", ")}`, default: "info" },
  kubeconfig: { means: "kubeconfig file; inside a pod its service account is used", default: undefined },
} as const;

type Flag = keyof typeof flags;

const networkFlags = { services: "service-networks", pods: "pod-networks", nodes: "node-networks" } as const;

/** Shorter, and a busy API server would be the one that decides whether a renewal is in time. */
const leastDurationMs = 5_000;
/** Ten years: more is a slip of the pen. */
const mostDurationMs = 87_600 * 3_600_000;

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
  const oneOf = <T extends string>(flag: Flag, known: readonly T[]): T | undefined => {
    const value = known.find((each) => each === text(flag));
    if (value === undefined) problems.push(`--${flag} must be ${flags[flag].means}`);
    return value;
  };
  const duration = (flag: Flag): number => {
    const value = text(flag);
    const ms = parseDuration(value) ?? 0;
    if (ms < leastDurationMs || ms > mostDurationMs)
      problems.push(`--${flag} must be a duration from 5s to 87600h, such as 90s or 8760h, and is "${value}"`);
    return ms;
  };
  const blocks = (flag: Flag): readonly string[] | undefined =>
    given[flag]?.split(",").map((text) => {
      const parsed = parseCidr(text);
      if (!parsed.ok) problems.push(`--${flag} must be ${flags[flag].means}: ${parsed.problem}`);
      return text;
    });
  const stated = Object.fromEntries(
    ownKinds.flatMap((kind) => {
      const found = blocks(networkFlags[kind]);
      return found === undefined ? [] : [[kind, found]];
    }),
  );
  const level = oneOf("log-level", logLevels);
  const webhooks = oneOf("webhooks", switches) !== "off";
  const nativePolicies = oneOf("native-policies", switches) !== "off";
  if (!webhooks && !nativePolicies)
    problems.push(
      "--webhooks and --native-policies are both off, so nothing would hold a pod in its zone: turn one on",
    );
  const certSource = oneOf("cert-source", certSources);
  const caDuration = duration("ca-duration");
  const leafDuration = duration("leaf-duration");
  if (caDuration < 3 * leafDuration)
    problems.push("--ca-duration must be at least three times --leaf-duration, or it would end before what it signed");
  const podName = env["POD_NAME"] ?? "";
  if (podName === "") problems.push("the environment variable POD_NAME is required: it tells replicas apart");

  const config: Config = {
    namespace: text("namespace"),
    podName,
    host: text("host"),
    serviceName: text("service-name"),
    serviceAccount: text("service-account"),
    deployment: text("deployment"),
    ownerClusterRole: text("owner-cluster-role"),
    nativeOwnerClusterRole: text("native-owner-cluster-role"),
    webhooks,
    nativePolicies,
    leaseName: text("lease"),
    certSecretName: text("cert-secret"),
    certSource: certSource ?? "domicile",
    formerCertSecretName: given["former-cert-secret"],
    caDuration,
    leafDuration,
    webhookPort: whole("webhook-port", 65_535),
    webhookTimeoutSeconds: whole("webhook-timeout-seconds", 30),
    opsPort: whole("ops-port", 65_535),
    stated,
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
