import { createPrivateKey, type X509Certificate } from "node:crypto";
import { skewMs, type KeyPair } from "./ca.ts";
import { marginMs } from "./lifetimes.ts";
import { readCertificate } from "./pem.ts";

/** What keeps an authority from signing, in words for the log; undefined when nothing does. That it ends is another question. */
export const authorityFault = ({ cert, key }: KeyPair, now: number): string | undefined => {
  const authority = readCertificate(cert);
  if (authority === undefined) return "ca.crt is unreadable";
  if (!authority.ca || !verifies(authority, authority)) return "ca.crt is not a self-signed authority";
  if (!isKeyOf(key, authority)) return "ca.key is not the key of ca.crt";
  if (now < authority.validFromDate.getTime()) return "ca.crt is not valid yet";
  return undefined;
};

/** What keeps a leaf from being served for these names; undefined when nothing does. */
export const leafFault = (
  { cert, key }: KeyPair,
  authorities: readonly string[],
  dnsNames: readonly string[],
  now: number,
): string | undefined => {
  const leaf = readCertificate(cert);
  if (leaf === undefined) return "tls.crt is unreadable";
  const stranger = dnsNames.find((name) => leaf.checkHost(name, { subject: "never" }) === undefined);
  if (stranger !== undefined) return `tls.crt is not for ${stranger}`;
  if (!authorities.some((authority) => verifies(leaf, readCertificate(authority))))
    return "tls.crt is not signed by ca.crt";
  if (!isKeyOf(key, leaf)) return "tls.key is not the key of tls.crt";
  if (now < leaf.validFromDate.getTime()) return "tls.crt is not valid yet";
  if (now >= leaf.validToDate.getTime()) return `tls.crt expired on ${leaf.validTo}`;
  return undefined;
};

/** When a certificate of such a lifetime is to be renewed: with its margin left, or now if it lives longer than it should. */
export const dueAt = (cert: string, lifetimeMs: number, now: number): number => {
  const end = endOf(cert);
  return end > now + lifetimeMs + skewMs ? now : end - marginMs(lifetimeMs);
};

/** When a certificate ends, in milliseconds since 1970; 0 for one that cannot be read. */
export const endOf = (cert: string): number => readCertificate(cert)?.validToDate.getTime() ?? 0;

const verifies = (signed: X509Certificate, authority: X509Certificate | undefined): boolean => {
  try {
    return authority !== undefined && signed.verify(authority.publicKey);
  } catch {
    return false;
  }
};

const isKeyOf = (key: string, certificate: X509Certificate): boolean => {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
};
