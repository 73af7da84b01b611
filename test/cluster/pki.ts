import "./reflect.ts";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** A certificate and its private key (PKCS #8), both PEM. */
export type KeyPair = { readonly cert: string; readonly key: string };

/** Who a client certificate speaks for: CN and O as the API server reads them. */
export type Identity = { readonly user: string; readonly groups?: readonly string[] };

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const day = 24 * 3_600_000;
// The clock of a machine that has just resumed may lag behind what wrote the certificate.
const lifetime = () => ({ notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + 30 * day) });

/** A new self-signed certificate authority, valid for 30 days. */
export const makeAuthority = async (name: string): Promise<KeyPair> => {
  const keys = await generate();
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    keys,
    signingAlgorithm: algorithm,
    ...lifetime(),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
    ],
  });
  return { cert: cert.toString("pem"), key: await privatePem(keys.privateKey) };
};

/** A client certificate for a user and its groups. */
export const clientCertificate = (authority: KeyPair, { user, groups = [] }: Identity): Promise<KeyPair> =>
  issue(authority, [{ CN: [user] }, ...groups.map((group) => ({ O: [group] }))], x509.ExtendedKeyUsage.clientAuth, []);

/** A serving certificate for DNS names and IP addresses. */
export const servingCertificate = (
  authority: KeyPair,
  names: readonly string[],
  addresses: readonly string[],
): Promise<KeyPair> =>
  issue(authority, [{ CN: [names[0] ?? addresses[0] ?? "server"] }], x509.ExtendedKeyUsage.serverAuth, [
    ...names.map((value) => ({ type: "dns" as const, value })),
    ...addresses.map((value) => ({ type: "ip" as const, value })),
  ]);

/** A key pair that signs service account tokens: private and public half, PEM. */
export const signingKey = async (): Promise<{ readonly privateKey: string; readonly publicKey: string }> => {
  const keys = await generate();
  const spki = await webcrypto.subtle.exportKey("spki", keys.publicKey);
  return { privateKey: await privatePem(keys.privateKey), publicKey: x509.PemConverter.encode(spki, "PUBLIC KEY") };
};

const issue = async (
  authority: KeyPair,
  subject: x509.JsonName,
  usage: x509.ExtendedKeyUsage,
  names: x509.JsonGeneralNames,
): Promise<KeyPair> => {
  const keys = await generate();
  const cert = await x509.X509CertificateGenerator.create({
    subject,
    issuer: new x509.X509Certificate(authority.cert).subjectName,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    signingAlgorithm: algorithm,
    ...lifetime(),
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([usage]),
      ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
    ],
  });
  return { cert: cert.toString("pem"), key: await privatePem(keys.privateKey) };
};

const generate = () => webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);

const importKey = (pem: string) => {
  const [der] = x509.PemConverter.decode(pem);
  if (der === undefined) throw new Error("the certificate authority's key is not PEM");
  return webcrypto.subtle.importKey("pkcs8", der, algorithm, true, ["sign"]);
};

const privatePem = async (key: webcrypto.CryptoKey): Promise<string> =>
  x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
