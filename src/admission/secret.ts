import type { Labels } from "../api/kubernetes.ts";
import type { KeyPair } from "./ca.ts";

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

/** What the Secret holds, PEM. `ca` may hold older authorities behind the one that signs. */
export type Stored = { readonly leaf: KeyPair; readonly ca: string; readonly caKey: string };

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
    "ca.crt": encode(stored.ca),
    "ca.key": encode(stored.caKey),
  },
});

/** The content of a Secret, or undefined when one of its keys is missing or empty. */
export const readSecret = ({ data }: Secret): Stored | undefined => {
  const [cert, key, ca, caKey] = ["tls.crt", "tls.key", "ca.crt", "ca.key"].map((name) => decode(data?.[name]));
  return cert && key && ca && caKey ? { leaf: { cert, key }, ca, caKey } : undefined;
};

const encode = (text: string): string => Buffer.from(text, "utf8").toString("base64");
const decode = (value: unknown): string => (typeof value === "string" ? Buffer.from(value, "base64").toString() : "");
