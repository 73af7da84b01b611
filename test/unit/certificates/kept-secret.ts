import type { Secret, Secrets } from "../../../src/certificates/secret.ts";

/** One Secret in memory, with resourceVersions as the API server counts them; `writes` says what became of each. */
export const kept = (
  data?: Secret["data"],
  labels?: Readonly<Record<string, string>>,
  type = "kubernetes.io/tls",
): Secrets & {
  readonly now: () => Secret | undefined;
  readonly writes: string[];
  /** Somebody else writes, or deletes, it. */
  readonly put: (data: Secret["data"] | null) => void;
} => {
  const writes: string[] = [];
  let version = 1;
  const stamp = (secret: Secret): Secret => ({
    ...secret,
    metadata: { ...secret.metadata, resourceVersion: String(version++) },
  });
  let stored: Secret | undefined =
    data === undefined && labels === undefined
      ? undefined
      : stamp({
          apiVersion: "v1",
          kind: "Secret",
          metadata: { name: "domicile-webhook", namespace: "domicile-system", ...(labels && { labels }) },
          type,
          ...(data && { data }),
        });
  const tell = <T extends string>(word: T): T => {
    writes.push(word);
    return word;
  };
  return {
    writes,
    now: () => stored,
    put: (changed) => {
      if (changed === null) stored = undefined;
      else if (stored !== undefined) stored = stamp({ ...stored, data: changed ?? {} });
    },
    read: async () => stored,
    create: async (secret) => {
      if (stored !== undefined) return tell("exists");
      stored = stamp(secret);
      return tell("created");
    },
    replace: async (secret) => {
      if (stored?.metadata.resourceVersion !== secret.metadata.resourceVersion) return tell("conflict");
      stored = stamp(secret);
      return tell("replaced");
    },
  };
};
