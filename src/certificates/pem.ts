import { X509Certificate } from "node:crypto";

/** A certificate as read, or undefined where the text is none. */
export const readCertificate = (pem: string): X509Certificate | undefined => {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
};

/**
 * The certificates in a PEM text, each as a text of its own that ends with a line break. What cannot be read is left
 * out: in a bundle it would have the API server refuse the whole webhook configuration.
 */
export const certificatesIn = (pem: string): readonly string[] =>
  [...pem.matchAll(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g)]
    .map(([block]) => `${block.replaceAll("\r", "")}\n`)
    .filter((block) => readCertificate(block) !== undefined);

/** Certificates as one bundle: each once, and the same ones always as the same text, whatever their order was. */
export const bundleOf = (certificates: readonly string[]): string => [...new Set(certificates)].toSorted().join("");
