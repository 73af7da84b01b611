import { createPrivateKey, X509Certificate } from "node:crypto";
import { leafDays } from "./ca.ts";
import type { Stored } from "./secret.ts";

/** What stored certificates are good for: all, all but the leaf, or nothing; `why` is for the log. */
export type Appraisal =
  | { readonly kind: "good"; readonly notAfter: number }
  | { readonly kind: "leafDue"; readonly why: string }
  | { readonly kind: "authorityDue"; readonly why: string }
  | { readonly kind: "unusable"; readonly why: string };

const dayMs = 86_400_000;

/** A leaf is made anew with a third of its life left: a month to notice when renewal fails. */
export const leafMarginMs = (leafDays / 3) * dayMs;

/** An authority must outlive every leaf it signs. */
export const authorityMarginMs = leafDays * dayMs;

/** Judges stored certificates for these DNS names at `now`, milliseconds since 1970. Never throws. */
export const appraise = (stored: Stored, dnsNames: readonly string[], now: number): Appraisal => {
  try {
    return authorityFault(stored, now) ?? leafFault(stored, dnsNames, now) ?? good(stored);
  } catch (error) {
    return { kind: "unusable", why: `unreadable: ${error instanceof Error ? error.message : "not an Error"}` };
  }
};

const authorityFault = ({ ca, caKey }: Stored, now: number): Appraisal | undefined => {
  const authority = new X509Certificate(ca);
  if (!authority.ca || !authority.verify(authority.publicKey))
    return { kind: "unusable", why: "ca.crt is not a self-signed authority" };
  if (!authority.checkPrivateKey(createPrivateKey(caKey)))
    return { kind: "unusable", why: "ca.key is not the key of ca.crt" };
  if (now < authority.validFromDate.getTime()) return { kind: "unusable", why: "ca.crt is not valid yet" };
  if (now > authority.validToDate.getTime()) return { kind: "unusable", why: "ca.crt has expired" };
  if (now > authority.validToDate.getTime() - authorityMarginMs)
    return { kind: "authorityDue", why: `ca.crt expires on ${authority.validTo}` };
  return undefined;
};

/** A leaf can always be made anew, so whatever is wrong with it costs no trust in the authority. */
const leafFault = ({ leaf, ca }: Stored, dnsNames: readonly string[], now: number): Appraisal | undefined => {
  const why = (() => {
    const certificate = readCertificate(leaf.cert);
    if (certificate === undefined) return "tls.crt is unreadable";
    const stranger = dnsNames.find((name) => certificate.checkHost(name, { subject: "never" }) === undefined);
    if (stranger !== undefined) return `tls.crt is not for ${stranger}`;
    if (!certificate.verify(new X509Certificate(ca).publicKey)) return "tls.crt is not signed by ca.crt";
    if (!matches(certificate, leaf.key)) return "tls.key is not the key of tls.crt";
    if (now < certificate.validFromDate.getTime()) return "tls.crt is not valid yet";
    if (now > certificate.validToDate.getTime() - leafMarginMs) return `tls.crt expires on ${certificate.validTo}`;
    return undefined;
  })();
  return why === undefined ? undefined : { kind: "leafDue", why };
};

const good = ({ leaf }: Stored): Appraisal => ({
  kind: "good",
  notAfter: new X509Certificate(leaf.cert).validToDate.getTime(),
});

const readCertificate = (pem: string): X509Certificate | undefined => {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
};

const matches = (certificate: X509Certificate, key: string): boolean => {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
};
