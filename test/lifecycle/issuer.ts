import { createPrivateKey } from "node:crypto";
import { makeAuthority, makeLeaf, type KeyPair } from "../../src/certificates/ca.ts";
import { must } from "../cluster/client.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { condition, ref } from "../cluster/objects.ts";
import { home } from "../e2e/domicile.ts";
import { secretRef } from "./witness.ts";

const hour = 3_600_000;
const service = "domicile-webhook";
const dnsNames = [`${service}.${home}.svc`, `${service}.${home}.svc.cluster.local`];
const kinds = { Issuer: "issuers", Certificate: "certificates" } as const;
const crd = (plural: string) => ref("apiextensions.k8s.io/v1", "CustomResourceDefinition", `${plural}.cert-manager.io`);

/** Where the chart has cert-manager write. */
export const certificateSecret = "domicile-webhook-certificate";

/** The kinds of cert-manager that the chart makes, with nobody who acts on them: the test does, in `issue`. */
export const installKinds = async ({ admin }: Cluster): Promise<void> => {
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  for (const [kind, plural] of Object.entries(kinds)) {
    const spec = {
      group: "cert-manager.io",
      scope: "Namespaced",
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [{ name: "v1", served: true, storage: true, schema }],
    };
    await must(admin.create({ ...crd(plural), spec }));
    await admin.until(crd(plural), (now) => condition(now, "Established") === "True", {
      describe: `${kind} is served`,
    });
  }
};

/** Takes those kinds away, and every object of them. */
export const removeKinds = async ({ admin }: Cluster): Promise<void> => {
  for (const plural of Object.values(kinds)) {
    await admin.delete(crd(plural));
    await admin.untilGone(crd(plural), { describe: `${plural} are gone` });
  }
};

/** A new authority, as an issuer's. */
export const newAuthority = (): Promise<KeyPair> => makeAuthority("domicile-webhook-ca", Date.now(), 24 * hour);

/** Writes a new leaf of this authority as cert-manager 1.21 does: one server-side apply of all three keys, an EC key in SEC 1. */
export const issue = async ({ admin }: Cluster, authority: KeyPair): Promise<void> => {
  const { cert, key } = await makeLeaf(authority, dnsNames, Date.now(), hour);
  const encode = (text: string): string => Buffer.from(text).toString("base64");
  const annotations = {
    "cert-manager.io/alt-names": dnsNames.join(","),
    "cert-manager.io/certificate-name": service,
    "cert-manager.io/common-name": "",
    "cert-manager.io/ip-sans": "",
    "cert-manager.io/issuer-group": "cert-manager.io",
    "cert-manager.io/issuer-kind": "Issuer",
    "cert-manager.io/issuer-name": service,
    "cert-manager.io/uri-sans": "",
  };
  const { metadata, ...secret } = secretRef(certificateSecret);
  const data = {
    "ca.crt": encode(authority.cert),
    "tls.crt": encode(cert),
    "tls.key": encode(createPrivateKey(key).export({ type: "sec1", format: "pem" }).toString()),
  };
  const labels = { "controller.cert-manager.io/fao": "true" };
  const object = { ...secret, metadata: { ...metadata, annotations, labels }, type: "kubernetes.io/tls", data };
  await must(admin.apply(object, { fieldManager: "cert-manager-certificates-issuing", force: true }));
};
