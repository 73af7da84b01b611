import type { FastifyInstance } from "fastify";
import type { Server } from "node:https";
import { appraise, type Appraisal } from "./appraise.ts";
import { makeAuthority, makeLeaf, type KeyPair } from "./ca.ts";
import { readSecret, writeSecret, type Secret, type Secrets, type Stored } from "./secret.ts";

/** What the server serves with and the API server trusts, PEM. `notAfter` is milliseconds since 1970. */
export type Bundle = KeyPair & {
  /** The authority, and while it is being replaced the former one, which other replicas still serve with. */
  readonly caBundle: string;
  readonly notAfter: number;
};

/** Whose certificates these are: the Service that the API server calls, and the Secret that replicas share. */
export type CertificateNames = { readonly service: string; readonly namespace: string; readonly secret: string };

/** The names the API server may check: it dials SERVICE.NAMESPACE.svc, people add the cluster's domain. */
export const dnsNames = ({ service, namespace }: CertificateNames): readonly string[] => [
  `${service}.${namespace}.svc`,
  `${service}.${namespace}.svc.cluster.local`,
];

/** More replicas than this at the same instant would be a fault of another kind. */
const attempts = 8;

/**
 * The certificates of the shared Secret, made where they are missing, foreign, unreadable or near their end. Of
 * replicas that start together one wins and the others read what it wrote. Throws what `secrets` throws, and an Error
 * with a sentence when the Secret never stands still. `now` gives milliseconds since 1970.
 */
export const ensureCertificates = async (
  secrets: Secrets,
  now: () => number,
  names: CertificateNames,
): Promise<Bundle> => {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const secret = await secrets.read();
    const bundle = secret && readBundle(secret, now(), names);
    if (bundle !== undefined) return bundle;
    const fresh = writeSecret(names.secret, names.namespace, await renew(secret, now(), names), secret);
    const written = secret === undefined ? await secrets.create(fresh) : await secrets.replace(fresh);
    if (written !== "created" && written !== "replaced") continue;
    const made = readBundle(fresh, now(), names);
    if (made !== undefined) return made;
  }
  throw new Error(
    `Secret ${names.namespace}/${names.secret} changed ${attempts} times while certificates were being written to it. ` +
      `Find out who else writes it.`,
  );
};

/** The certificates a Secret holds, or undefined when they have to be made anew. */
export const readBundle = (secret: Secret, now: number, names: CertificateNames): Bundle | undefined => {
  const stored = readSecret(secret);
  if (stored === undefined) return undefined;
  const appraisal = appraise(stored, dnsNames(names), now);
  return appraisal.kind === "good" ? { ...stored.leaf, caBundle: stored.ca, notAfter: appraisal.notAfter } : undefined;
};

/** Serves with another certificate from the next connection on; connections that stand are kept. */
export const reload = (app: FastifyInstance<Server>, { cert, key }: KeyPair): void =>
  app.server.setSecureContext({ cert, key });

const renew = async (secret: Secret | undefined, now: number, names: CertificateNames): Promise<Stored> => {
  const stored = secret && readSecret(secret);
  const appraisal: Appraisal | undefined = stored && appraise(stored, dnsNames(names), now);
  if (stored !== undefined && appraisal?.kind === "leafDue") {
    const authority = { cert: stored.ca, key: stored.caKey };
    return { ...stored, leaf: await makeLeaf(authority, dnsNames(names), now) };
  }
  const authority = await makeAuthority(`${names.service}.${names.namespace} webhook authority`, now);
  const former = stored !== undefined && appraisal?.kind === "authorityDue" ? firstOf(stored.ca) : "";
  return {
    leaf: await makeLeaf(authority, dnsNames(names), now),
    ca: authority.cert + former,
    caKey: authority.key,
  };
};

/** Only the authority that signed last: one before it has no leaf that is still valid. */
const firstOf = (pem: string): string => {
  const end = "-----END CERTIFICATE-----";
  return `${pem.slice(0, pem.indexOf(end) + end.length)}\n`;
};
