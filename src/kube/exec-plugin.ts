import { execFile } from "node:child_process";

/** What a kubeconfig says of a credential plugin, as far as it is read. */
export type ExecPlugin = {
  readonly command: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly apiVersion?: string;
};

/** What a plugin gave: a token, a client certificate with its key (PEM), or both; `expiresAt` in milliseconds since 1970. */
export type ExecCredential = {
  readonly token?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly expiresAt?: number;
};

/** A plugin's credential: run when there is none, when it is about to expire, or after it was refused; one run serves all who wait. */
export type PluginCredential = {
  /** Throws an Error with a sentence when the plugin fails, hangs or prints something else. */
  readonly current: () => Promise<ExecCredential>;
  /** Hears that the API server refused this token, or the certificate where there is none. */
  readonly refused: (token: string | undefined) => void;
};

/** Plugins that ask a cloud take a few seconds; one that takes longer waits for somebody who is not there. */
const longestRunMs = 20_000;
/** A request must still be on time with what it took along. */
const spareMs = 10_000;
const longestOutput = 1024 * 1024;

/** The credential of a plugin; nothing runs before the first `current`. `now` is the wall clock, by which plugins say when a credential ends. */
export const openPlugin = (plugin: ExecPlugin, now: () => number, runMs = longestRunMs): PluginCredential => {
  let held: Promise<ExecCredential> | undefined;
  let last: ExecCredential | undefined;
  // Only one runs at a time: another starts when this one has failed, or its credential has had its day.
  const run = async (): Promise<ExecCredential> => {
    last = undefined;
    try {
      return (last = await runPlugin(plugin, runMs));
    } catch (problem) {
      held = undefined;
      throw problem;
    }
  };
  return {
    current: () => {
      const ended = last?.expiresAt !== undefined && last.expiresAt - spareMs <= now();
      if (held === undefined || ended) held = run();
      return held;
    },
    refused: (token) => {
      // An answer to an older token may come late: the newer one is not to blame.
      if (last !== undefined && last.token === token) held = undefined;
    },
  };
};

const runPlugin = ({ command, args, env, apiVersion }: ExecPlugin, runMs: number): Promise<ExecCredential> =>
  new Promise((resolve, reject) => {
    const refuse = (why: string): void => reject(new Error(`the credential plugin "${command}" ${why}`));
    // What plugins read of their caller; without it some refuse to run.
    const info = JSON.stringify({ apiVersion, kind: "ExecCredential", spec: { interactive: false } });
    const added = Object.fromEntries((env ?? []).map(({ name, value }) => [name, value]));
    const child = execFile(
      command,
      [...(args ?? [])],
      {
        env: { ...process.env, KUBERNETES_EXEC_INFO: info, ...added },
        timeout: runMs,
        killSignal: "SIGKILL",
        maxBuffer: longestOutput,
      },
      (problem, printed, complained) => {
        if (problem === null) {
          const credential = readCredential(printed);
          return credential === undefined
            ? refuse("printed no ExecCredential with a token or a certificate")
            : resolve(credential);
        }
        const said = complained.trim().slice(0, 300);
        if (problem.killed === true) return refuse(`did not end within ${runMs / 1000} s and was ended`);
        if (typeof problem.code === "number")
          return refuse(`failed with exit code ${problem.code}${said === "" ? "" : `: ${said}`}`);
        refuse(`could not be run: ${problem.message.split("\n")[0]}`);
      },
    );
    // Whoever asks for a password would wait for it for ever.
    child.stdin?.end();
  });

/** The credential in a plugin's output; undefined where it is none. */
const readCredential = (printed: string): ExecCredential | undefined => {
  const { kind, status } = (parse(printed) ?? {}) as { readonly kind?: unknown; readonly status?: unknown };
  if (kind !== "ExecCredential" || typeof status !== "object" || status === null) return undefined;
  const said = status as Readonly<Record<string, unknown>>;
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = said;
  const hasToken = typeof token === "string" && token !== "";
  const hasCertificate = typeof cert === "string" && typeof key === "string";
  if (!hasToken && !hasCertificate) return undefined;
  const expiresAt = typeof expirationTimestamp === "string" ? Date.parse(expirationTimestamp) : NaN;
  return {
    ...(hasToken ? { token } : {}),
    ...(hasCertificate ? { cert, key } : {}),
    ...(Number.isNaN(expiresAt) ? {} : { expiresAt }),
  };
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
