import { endOf, leafFault } from "./appraise.ts";
import type { Offer } from "./handover.ts";
import { certificatesIn } from "./pem.ts";
import { decode, readPair, type Secret } from "./secret.ts";

/** What a Secret that others write (cert-manager) offers, or why it is no good. */
export type External =
  | { readonly kind: "good"; readonly offer: Offer }
  | { readonly kind: "bad"; readonly why: string };

/** Reads tls.crt, tls.key and ca.crt as cert-manager writes them, for these DNS names at `now`, milliseconds since 1970. Never throws. */
export const readExternal = (secret: Secret | undefined, dnsNames: readonly string[], now: number): External => {
  const bad = (why: string): External => ({ kind: "bad", why });
  if (secret === undefined) return bad("there is none yet");
  const pair = readPair(secret.data, "tls.crt", "tls.key");
  if (pair === undefined) return bad("tls.crt or tls.key is missing or empty");
  const authorities = certificatesIn(decode(secret.data?.["ca.crt"]));
  if (authorities.length === 0)
    return bad("ca.crt is missing or empty: use an issuer that names its authority there (CA, SelfSigned, Vault)");
  const [, ...intermediates] = certificatesIn(pair.cert);
  const fault = leafFault(pair, [...authorities, ...intermediates], dnsNames, now);
  if (fault !== undefined) return bad(fault);
  return { kind: "good", offer: { ...pair, authorities, notAfter: endOf(pair.cert) } };
};
