import { endOf } from "../certificates/appraise.ts";
import { dnsNames, keepCertificates } from "../certificates/keep.ts";
import { readExternal } from "../certificates/external.ts";
import type { Offer } from "../certificates/handover.ts";
import type { Lifetimes } from "../certificates/lifetimes.ts";
import { trustedBy } from "../certificates/rollover.ts";
import type { Secret, Stored } from "../certificates/secret.ts";
import type { Trust } from "../certificates/trust.ts";
import { sharedSecret } from "../kube/shared-secret.ts";
import type { Transport } from "../kube/transport.ts";
import { clock } from "../ops/clock.ts";
import type { Config } from "../ops/config.ts";
import type { Parts } from "./parts.ts";

/** What the Secret offers, whom it wants trusted (PEM), and when to look again, in milliseconds since 1970. */
export type Offered = { readonly offer: Offer; readonly trusted: readonly string[]; readonly lookAt: number };

/** Reads the Secret, and writes it where that is ours to do; `servedBy` is the authority of what is served and valid. Throws when there is nothing to serve with. */
export type CertificateSource = (servedBy: string | undefined) => Promise<Offered>;

type Names = { readonly service: string; readonly namespace: string; readonly secret: string };

const namesOf = ({ serviceName: service, namespace }: Config, secret: string): Names => ({
  service,
  namespace,
  secret,
});

const secretOf = (transport: Transport, { namespace, secret: name }: Names) =>
  sharedSecret(transport, { namespace, name });

/** What was served before `--cert-source` changed, while that is still good; undefined when nothing was. */
export const formerOffer = async ({
  config,
  transport,
}: Pick<Parts, "config" | "transport">): Promise<Offer | undefined> => {
  const { formerCertSecretName: secret } = config;
  if (secret === undefined) return undefined;
  const names = namesOf(config, secret);
  const found = await secretOf(transport, names).read<Secret>();
  const read = readExternal(found, dnsNames(names), clock.now());
  return read.kind === "good" ? read.offer : undefined;
};

/** Where this process has its certificates from. */
export const certificateSource = (
  parts: Pick<Parts, "config" | "log" | "transport">,
  lifetimes: Lifetimes,
  trustedMs: Trust["trustedMs"],
): CertificateSource => {
  const { config, log, transport } = parts;
  const names = namesOf(config, config.certSecretName);
  const shared = secretOf(transport, names);
  const secrets = { ...shared, read: () => shared.read<Secret>() };

  const ours = (): CertificateSource => {
    let held: Stored | undefined;
    const wrote = (step: string, why: string): void => log.info({ step, why }, "the certificates' Secret was written");
    return async (servedBy) => {
      const { now } = clock;
      const keeping = { held, servedBy, trustedMs, lifetimes, names, now, wrote };
      const { stored, lookAt } = await keepCertificates(secrets, keeping);
      held = stored;
      const offer = { ...stored.leaf, authorities: [stored.authority.cert], notAfter: endOf(stored.leaf.cert) };
      return { offer, trusted: trustedBy(stored), lookAt };
    };
  };

  const theirs: CertificateSource = async () => {
    const read = readExternal(await secrets.read(), dnsNames(names), clock.now());
    if (read.kind === "bad")
      throw new Error(`Secret ${names.namespace}/${names.secret} cannot be served with: ${read.why}`);
    return { offer: read.offer, trusted: read.offer.authorities, lookAt: read.offer.notAfter };
  };

  return config.certSource === "external" ? theirs : ours();
};
