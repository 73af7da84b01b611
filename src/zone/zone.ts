import type { LabelSelector } from "../api/kubernetes.ts";
import type { ExposedSpec } from "../api/zone-exposure.ts";
import type { Cidr } from "../cidr/block.ts";
import type { CidrSet } from "../cidr/set.ts";
import type { Region } from "../oci/regions.ts";

/** What is done about what is found: refuse, tell the user, or only count. */
export type Enforcement = "Enforce" | "Warn" | "Audit";
/** What a node must say of itself before it is believed. */
export type TrustLevel = "Label" | "ProviderID" | "Attested";

/** A key that may sign statements about nodes, by the name that signatures give it; the key in PEM. */
export type AttestationKey = { readonly name: string; readonly publicKey: string };

/** One port or an inclusive range of ports (1 to 65535), as NetworkPolicy means it. */
export type Port = { readonly protocol: "TCP" | "UDP" | "SCTP"; readonly port: number; readonly endPort?: number };

/** Addresses outside the cluster, and the ports open to them. Never empty in either. */
export type Network = { readonly name: string; readonly addresses: CidrSet; readonly ports: readonly Port[] };

/** Who may connect in: pods by selector, or addresses that no selector matches. No ports means every port. */
export type IngressPeer =
  | {
      readonly kind: "pods";
      readonly namespaceSelector: LabelSelector;
      readonly podSelector?: LabelSelector;
      readonly ports: readonly Port[];
    }
  | { readonly kind: "addresses"; readonly addresses: CidrSet; readonly ports: readonly Port[] };

/** Whom the pods of a zone may talk to. */
export type Egress = {
  readonly withinZone: "Allow" | "Deny";
  readonly dns: {
    readonly namespace: string;
    /** Left out, the servers are those that are found in kube-system. */
    readonly podSelector?: LabelSelector;
    /** Left out, those of the Services that are found, or 53 beside a selector. */
    readonly ports?: readonly number[];
    readonly nodeLocalAddresses: readonly Cidr[];
  };
  readonly apiServer: "Allow" | "Deny";
  /** Names of approved RemoteClusters. */
  readonly clusters: readonly string[];
  readonly networks: readonly Network[];
};

/** What is done about pods on nodes that are not verified, and how fast. */
export type Drift = {
  readonly action: "Report" | "Evict";
  /** Evictions in the zone. */
  readonly maxPerMinute: number;
  /** Pods of one workload. */
  readonly maxUnavailable: number;
};

/** A ResidencyZone that was found valid: what every decision reads. */
export type Zone = {
  readonly name: string;
  readonly enforcement: Enforcement;
  readonly realm: string;
  readonly regions: readonly Region[];
  readonly minimumTrust: TrustLevel;
  /** Never empty at level Attested. */
  readonly attestationKeys: readonly AttestationKey[];
  readonly egress: Egress;
  /** What is done about pod templates that lack the selector: they get it, or their authors are told. */
  readonly templates: "Pin" | "Warn";
  readonly drift: Drift;
  readonly ingress: { readonly isolation: "Isolated" | "Open"; readonly from: readonly IngressPeer[] };
  /** What may lead into the zone or out of it besides, by namespace and name. */
  readonly exposure: readonly ExposedSpec[];
};

/** A RemoteCluster that was found valid. */
export type RemoteCluster = { readonly name: string; readonly region: Region; readonly networks: readonly Network[] };
