import { X509Certificate, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { connect as dial } from "node:tls";
import type { Cluster } from "../cluster/cluster.ts";
import { field, ref, type KubeObject } from "../cluster/objects.ts";
import { home } from "../e2e/domicile.ts";
import { readyReplicas } from "../e2e/replicas.ts";
import { podOf } from "../e2e/resources.ts";

/** The Secret's content as texts. */
export type Texts = Readonly<Record<string, string>>;

/** Sees whether requests fail, whether what is served is trusted, and every content the Secret had. */
export type Witness = {
  /** How many requests were made and handshakes done so far. */
  readonly counted: () => { readonly requests: number; readonly handshakes: number };
  /** What went wrong so far, each in words. */
  readonly faults: () => readonly string[];
  readonly contents: readonly Texts[];
  /** Resolves when every ready replica serves by this authority. */
  readonly untilServedBy: (authority: string) => Promise<void>;
  /** Ends it; rejects with whatever went wrong with the witness itself. */
  readonly end: () => Promise<void>;
};

/** Requests and handshakes under way at the same time: enough that some connection is always new. */
const workers = 3;

/** Each asks, and shakes hands, ten times a second: what goes wrong for as long as a watch takes to be heard is seen. */
const paceMs = 100;

/** Creates pods that nobody pinned in `namespace` (dry run), and shakes hands with every ready replica, at this pace until it is ended. */
export const startWitness = (cluster: Cluster, namespace: string, secretName: string): Witness => {
  const { admin } = cluster;
  const stop = new AbortController();
  const contents: Texts[] = [];
  const faults: string[] = [];
  const counts = { requests: 0, handshakes: 0 };
  const awaited: { readonly authority: KeyObject; readonly resolve: () => void }[] = [];
  let bundle = "";

  const say = (what: string): void => void faults.push(`${new Date().toISOString()} ${what}`);
  const create = async (): Promise<void> => {
    counts.requests += 1;
    const { ok, message } = await admin.create(podOf(`bare-${counts.requests}`, namespace), { dryRun: true });
    if (!ok) say(message);
  };
  const configured = Promise.withResolvers<void>();
  const greet = async (): Promise<void> => {
    await configured.promise;
    const asked = [...awaited];
    const replicas = await readyReplicas(cluster);
    const leaves = await Promise.all(replicas.map(({ ip }) => handshake(ip, bundle)));
    for (const [index, leaf] of leaves.entries()) {
      if (leaf === undefined) continue;
      counts.handshakes += 1;
      if (leaf.untrusted !== undefined)
        say(`${replicas[index]?.name} serves with what the stored configuration does not trust: ${leaf.untrusted}`);
    }
    for (const { authority, resolve } of asked)
      if (leaves.every((leaf) => leaf !== undefined && new X509Certificate(leaf.raw).verify(authority))) resolve();
  };
  const forever = async (work: () => Promise<void>): Promise<void> => {
    while (!stop.signal.aborted) {
      const next = performance.now() + paceMs;
      await work();
      await pause(Math.max(0, next - performance.now()), undefined, { signal: stop.signal }).catch(() => {});
    }
  };
  const configurations = { apiVersion: "admissionregistration.k8s.io/v1", kind: "MutatingWebhookConfiguration" };
  const follows = [
    admin.follow(
      { apiVersion: "v1", kind: "Secret" },
      (secrets) => {
        const found = secrets.find(({ metadata }) => metadata.name === secretName);
        if (found !== undefined) contents.push(textsOf(found));
      },
      { namespace: home, signal: stop.signal },
    ),
    admin.follow(
      configurations,
      ([found]) => {
        const encoded = String(field(found, "webhooks.0.clientConfig.caBundle") ?? "");
        bundle = Buffer.from(encoded, "base64").toString();
        configured.resolve();
      },
      { signal: stop.signal },
    ),
  ];
  const running = [...Array.from({ length: workers }, () => forever(create)), forever(greet)];
  return {
    counted: () => ({ ...counts }),
    faults: () => [...faults],
    contents,
    untilServedBy: async (authority) => {
      const served = Promise.withResolvers<void>();
      // Generous, because a passing test never meets it.
      const late = AbortSignal.timeout(60_000);
      late.addEventListener("abort", () => served.reject(new Error("not every replica serves by that authority")));
      awaited.push({ authority: new X509Certificate(authority).publicKey, resolve: served.resolve });
      await served.promise;
    },
    end: async () => {
      stop.abort();
      await Promise.all(running);
      await Promise.allSettled(follows);
    },
  };
};

/** The texts that a Secret holds. */
export const textsOf = (secret: KubeObject): Texts =>
  Object.fromEntries(
    Object.entries((secret["data"] ?? {}) as Texts).map(([key, value]) => [
      key,
      Buffer.from(value, "base64").toString(),
    ]),
  );

/** The Secret that replicas share. */
export const secretRef = (name: string) => ref("v1", "Secret", name, home);

/** What a replica serves with, and why a bundle does not trust that; undefined when nobody listens there any more. */
const handshake = async (
  host: string,
  ca: string,
): Promise<{ readonly raw: Buffer; readonly untrusted: string | undefined } | undefined> => {
  const servername = `domicile-webhook.${home}.svc`;
  const socket = dial({ host, port: 8443, servername, ca, rejectUnauthorized: false });
  try {
    await once(socket, "secureConnect");
    const { authorizationError } = socket;
    return {
      raw: socket.getPeerCertificate().raw,
      untrusted: authorizationError === null ? undefined : String(authorizationError),
    };
  } catch (problem) {
    if (problem instanceof Error && "code" in problem && ["ECONNREFUSED", "ECONNRESET"].includes(String(problem.code)))
      return undefined;
    throw problem;
  } finally {
    socket.destroy();
  }
};
