import type { Labels } from "../api/kubernetes.ts";
import type { KeyPair } from "./ca.ts";
import { certificatesIn } from "./pem.ts";

/** A Secret as JSON. Values of `data` are base64. */
export type Secret = {
  readonly apiVersion: "v1";
  readonly kind: "Secret";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly resourceVersion?: string;
    readonly labels?: Labels;
  };
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
};

/** What the Secret holds, PEM: everything that replicas have to agree about, also in the middle of a rollover. */
export type Stored = {
  /** What is served with. */
  readonly leaf: KeyPair;
  /** What signed the leaf. */
  readonly authority: KeyPair;
  /** What signs after it: trusted already, but nobody serves by it. */
  readonly next: KeyPair | undefined;
  /** What signed before, still trusted for whoever serves by it. Keys of these are not kept. */
  readonly former: readonly string[];
  /** Until when, in milliseconds since 1970. */
  readonly formerUntil: number;
};

/** The one Secret as seen by whoever keeps it. Everything else that goes wrong is thrown. */
export type Secrets = {
  readonly read: () => Promise<Secret | undefined>;
  readonly create: (secret: Secret) => Promise<"created" | "exists">;
  /** Replaces the Secret of this resourceVersion, or says that it has another by now. */
  readonly replace: (secret: Secret) => Promise<"replaced" | "conflict">;
};

/** The Secret with this content; what an older one holds besides (labels, type, which cannot change) stays. */
export const writeSecret = (name: string, namespace: string, stored: Stored, older: Secret | undefined): Secret => ({
  apiVersion: "v1",
  kind: "Secret",
  type: "kubernetes.io/tls",
  ...older,
  metadata: { ...older?.metadata, name, namespace },
  data: {
    "tls.crt": encode(stored.leaf.cert),
    "tls.key": encode(stored.leaf.key),
    "ca.crt": encode(stored.authority.cert),
    "ca.key": encode(stored.authority.key),
    ...(stored.next && { "next-ca.crt": encode(stored.next.cert), "next-ca.key": encode(stored.next.key) }),
    ...(stored.former.length > 0 && {
      "former-ca.crt": encode(stored.former.join("")),
      "former-until": encode(new Date(stored.formerUntil).toISOString()),
    }),
  },
});

/** The content of a Secret, or undefined when a key that must be there is missing or empty. */
export const readSecret = ({ data }: Secret): Stored | undefined => {
  const leaf = readPair(data, "tls.crt", "tls.key");
  const authority = readPair(data, "ca.crt", "ca.key");
  if (leaf === undefined || authority === undefined) return undefined;
  const next = readPair(data, "next-ca.crt", "next-ca.key");
  const until = Date.parse(decode(data?.["former-until"]));
  return {
    leaf,
    authority: normal(authority),
    next: next && normal(next),
    former: certificatesIn(decode(data?.["former-ca.crt"])),
    formerUntil: Number.isNaN(until) ? 0 : until,
  };
};

/** What a Secret holds under one key, decoded; "" where there is nothing. */
export const decode = (value: unknown): string =>
  typeof value === "string" ? Buffer.from(value, "base64").toString() : "";

/** A certificate and its key under these names, or undefined when one of them is missing or empty. */
export const readPair = (data: Secret["data"], certName: string, keyName: string): KeyPair | undefined => {
  const [cert, key] = [decode(data?.[certName]), decode(data?.[keyName])];
  return cert && key ? { cert, key } : undefined;
};

/** One authority, as it is written in bundles. */
const normal = ({ cert, key }: KeyPair): KeyPair => ({ cert: certificatesIn(cert)[0] ?? cert, key });

const encode = (text: string): string => Buffer.from(text, "utf8").toString("base64");
