import type { webcrypto } from "node:crypto";
import "./reflect.ts";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** A certificate and its private key, both PEM; the key in PKCS #8. */
export type KeyPair = { readonly cert: string; readonly key: string };

/** Clocks of machines differ: a certificate made now must be valid on one that is an hour behind. */
export const skewMs = 3_600_000;

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** Makes a certificate authority that may sign leaves and nothing below them. `now` is milliseconds since 1970. */
export const makeAuthority = async (name: string, now: number, lifetimeMs: number): Promise<KeyPair> => {
  const keys = await makeKeys();
  const cert = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    ...validity(now, lifetimeMs),
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: pem(cert), key: await exportKey(keys.privateKey) };
};

/** Makes a serving certificate for these DNS names, the first of which is its subject. */
export const makeLeaf = async (
  authority: KeyPair,
  dnsNames: readonly string[],
  now: number,
  lifetimeMs: number,
): Promise<KeyPair> => {
  const keys = await makeKeys();
  const issuer = new X509Certificate(authority.cert);
  const cert = await X509CertificateGenerator.create({
    // A common name holds 64 characters and is read by nobody; the names that count are the alternative ones.
    subject: `CN=${(dnsNames[0] ?? "").slice(0, 64)}`,
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    ...validity(now, lifetimeMs),
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(dnsNames.map((value) => ({ type: "dns", value }))),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { cert: pem(cert), key: await exportKey(keys.privateKey) };
};

const validity = (now: number, lifetimeMs: number): { readonly notBefore: Date; readonly notAfter: Date } => ({
  notBefore: new Date(now - skewMs),
  notAfter: new Date(now + lifetimeMs),
});

const pem = (certificate: X509Certificate): string => `${certificate.toString("pem")}\n`;

const makeKeys = (): Promise<webcrypto.CryptoKeyPair> => crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);

const exportKey = async (key: CryptoKey): Promise<string> =>
  `${PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), PemConverter.PrivateKeyTag)}\n`;

const importKey = (pemKey: string): Promise<CryptoKey> =>
  crypto.subtle.importKey("pkcs8", PemConverter.decodeFirst(pemKey), algorithm, false, ["sign"]);
