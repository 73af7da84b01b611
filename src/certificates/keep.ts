import { makeAuthority, makeLeaf, type KeyPair } from "./ca.ts";
import type { Lifetimes } from "./lifetimes.ts";
import { retiresAt, rolloverOf, sound, type Rollover, type RolloverFacts } from "./rollover.ts";
import { readSecret, writeSecret, type Secrets, type Stored } from "./secret.ts";

/** Whose certificates these are: the Service that the API server calls, and the Secret that replicas share. */
export type CertificateNames = { readonly service: string; readonly namespace: string; readonly secret: string };

/** The names the API server may check: it dials SERVICE.NAMESPACE.svc, people add the cluster's domain. */
export const dnsNames = ({ service, namespace }: CertificateNames): readonly string[] => [
  `${service}.${namespace}.svc`,
  `${service}.${namespace}.svc.cluster.local`,
];

/** What a replica knows besides the Secret, and whom it tells of each step. `now` gives milliseconds since 1970. */
export type Keeping = Pick<RolloverFacts, "held" | "servedBy" | "trustedMs" | "lifetimes"> & {
  readonly names: CertificateNames;
  readonly now: () => number;
  /** Hears of each write that succeeded, in words without keys. */
  readonly wrote: (step: Rollover["at"], why: string) => void;
};

/** What the Secret holds, and when to look again, in milliseconds since 1970. */
export type Kept = { readonly stored: Stored; readonly at: Rollover["at"]; readonly lookAt: number };

/** More writers than this at the same instant would be a fault of another kind. */
const attempts = 8;

/**
 * Brings the shared Secret as far as it may go now: certificates that are missing, foreign, unreadable or near their
 * end are made anew, and a rollover goes on from wherever it stands. Of replicas that write together one wins and the
 * others read what it wrote. Throws what `secrets` throws, and an Error with a sentence when the Secret never stands still.
 */
export const keepCertificates = async (secrets: Secrets, keeping: Keeping): Promise<Kept> => {
  const { names, now, wrote } = keeping;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const secret = await secrets.read();
    const content = secret && readSecret(secret);
    const stored = content && sound(content, now());
    const facts: RolloverFacts = { ...keeping, stored, dnsNames: dnsNames(names), now: now() };
    const rollover = rolloverOf(facts);
    if ("lookAt" in rollover && stored !== undefined) return { stored, at: rollover.at, lookAt: rollover.lookAt };
    const fresh = writeSecret(names.secret, names.namespace, await step(rollover, facts, names), secret);
    const written = secret === undefined ? await secrets.create(fresh) : await secrets.replace(fresh);
    if ((written === "created" || written === "replaced") && "why" in rollover) wrote(rollover.at, rollover.why);
  }
  throw new Error(
    `Secret ${names.namespace}/${names.secret} changed ${attempts} times while certificates were being written to it. ` +
      `Find out who else writes it.`,
  );
};

/** What the Secret holds after the one step that is due. */
const step = async (rollover: Rollover, facts: RolloverFacts, names: CertificateNames): Promise<Stored> => {
  const { lifetimes, now } = facts;
  const authority = (): Promise<KeyPair> =>
    makeAuthority(`${names.service}.${names.namespace} webhook authority`, now, lifetimes.authorityMs);
  const leafBy = (signer: KeyPair): Promise<KeyPair> => makeLeaf(signer, facts.dnsNames, now, lifetimes.leafMs);
  const { stored } = facts;
  if (rollover.at === "lost") return { ...rollover.from, next: await authority() };
  if (rollover.at === "absent" || stored === undefined) {
    const first = await authority();
    return { leaf: await leafBy(first), authority: first, next: undefined, former: [], formerUntil: 0 };
  }
  switch (rollover.at) {
    case "foreign":
      return { ...stored, ...retire(rollover.ours, stored, now, lifetimes) };
    case "leafDue":
      return { ...stored, leaf: await leafBy(stored.authority) };
    case "authorityDue":
      return { ...stored, next: await authority() };
    case "trusted": {
      const { signer } = rollover;
      const former = retire(stored.authority.cert, stored, now, lifetimes);
      return { leaf: await leafBy(signer), authority: signer, next: undefined, ...former };
    }
    case "retired":
      return { ...stored, former: [], formerUntil: 0 };
    case "staged":
    case "retiring":
    case "settled":
      return stored;
    default:
      return rollover satisfies never;
  }
};

/** Each is trusted for an overlap only, so these are more than ever meet; a bundle without bound would fill the webhook configurations. */
const mostFormer = 4;

const retire = (
  authority: string,
  { former }: Stored,
  now: number,
  lifetimes: Lifetimes,
): Pick<Stored, "former" | "formerUntil"> => ({
  former: [...new Set([authority, ...former])].slice(0, mostFormer),
  formerUntil: retiresAt(now, lifetimes),
});
