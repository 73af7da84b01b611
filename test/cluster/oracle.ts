import { createHash } from "node:crypto";
import type { KubeObject } from "./objects.ts";

/** A node as a test describes it: Oracle's shapes for its region, and whatever the test says instead. */
export type NodeShape = {
  readonly name: string;
  /** Region identifier ("us-ashburn-1") of the table below. */
  readonly region?: string;
  readonly availabilityDomain?: 1 | 2 | 3;
  /** Instead of the instance OCID of the region; `null` for none. */
  readonly providerID?: string | null;
  /** Instead of both region labels of the region; `null` for none. A single key is set through `labels`. */
  readonly regionLabel?: string | null;
  /** Instead of both zone labels of the region; `null` for none. */
  readonly zoneLabel?: string | null;
  /** Over all that; `null` takes a label away. */
  readonly labels?: Readonly<Record<string, string | null>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  readonly unschedulable?: boolean;
  /** What its kubelet reports as status.nodeInfo.machineID; KWOK keeps what is there when the node comes. */
  readonly machineID?: string;
};

/** Regions that tests speak of: key and realm, from Oracle's SDK (the harness keeps its own, not the tested code's). */
const regions: Readonly<Record<string, { readonly key: string; readonly realm: string }>> = {
  "us-ashburn-1": { key: "iad", realm: "oc1" },
  "us-phoenix-1": { key: "phx", realm: "oc1" },
  "us-sanjose-1": { key: "sjc", realm: "oc1" },
  "us-chicago-1": { key: "ord", realm: "oc1" },
  "us-saltlake-2": { key: "aga", realm: "oc1" },
  "eu-frankfurt-1": { key: "fra", realm: "oc1" },
  "eu-amsterdam-1": { key: "ams", realm: "oc1" },
  "uk-london-1": { key: "lhr", realm: "oc1" },
  "eu-zurich-1": { key: "zrh", realm: "oc1" },
  "eu-madrid-1": { key: "mad", realm: "oc1" },
  "eu-paris-1": { key: "cdg", realm: "oc1" },
  "eu-stockholm-1": { key: "arn", realm: "oc1" },
  "ap-singapore-1": { key: "sin", realm: "oc1" },
  "ca-toronto-1": { key: "yyz", realm: "oc1" },
  "ap-tokyo-1": { key: "nrt", realm: "oc1" },
  "ap-seoul-1": { key: "icn", realm: "oc1" },
  "eu-milan-1": { key: "lin", realm: "oc1" },
  "ap-mumbai-1": { key: "bom", realm: "oc1" },
  "sa-saopaulo-1": { key: "gru", realm: "oc1" },
  "sa-santiago-1": { key: "scl", realm: "oc1" },
  "sa-vinhedo-1": { key: "vcp", realm: "oc1" },
  "mx-queretaro-1": { key: "qro", realm: "oc1" },
};

/** What Oracle's kubelets write as region and zone: the key in the two oldest regions' case, the identifier elsewhere. */
const labelsOf = (region: string, domain: number): { readonly region: string; readonly zone: string } => {
  switch (region) {
    case "us-ashburn-1":
      return { region: "iad", zone: `US-ASHBURN-AD-${domain}` };
    case "us-phoenix-1":
      return { region: "phx", zone: `PHX-AD-${domain}` };
    default:
      return { region, zone: `${region.toUpperCase()}-AD-${domain}` };
  }
};

/** An instance OCID of a region, of the real length, the same for the same name. */
export const instanceOcid = (region: string, name: string): string => {
  const known = regions[region];
  if (known === undefined)
    throw new Error(`test/cluster/oracle.ts has no row for region ${region}; rows: ${Object.keys(regions).join(", ")}`);
  const unique = createHash("sha512").update(name).digest("hex").replaceAll(/[01]/g, "q").slice(0, 52);
  return `ocid1.instance.${known.realm}.${known.key}.anuwcljr${unique}`;
};

/** The Node object of a shape: bare OCID as providerID, GA and beta label keys, Oracle's annotations. */
export const oracleNode = (shape: NodeShape): KubeObject => {
  const { name, region = "us-ashburn-1", availabilityDomain = 1, providerID = instanceOcid(region, name) } = shape;
  const usual = labelsOf(region, availabilityDomain);
  const { regionLabel = usual.region, zoneLabel = usual.zone } = shape;
  const labels: Readonly<Record<string, string | null>> = {
    "kubernetes.io/hostname": name,
    "kubernetes.io/os": "linux",
    "kubernetes.io/arch": "amd64",
    "node.kubernetes.io/instance-type": "VM.Standard.E4.Flex",
    "topology.kubernetes.io/region": regionLabel,
    "failure-domain.beta.kubernetes.io/region": regionLabel,
    "topology.kubernetes.io/zone": zoneLabel,
    "failure-domain.beta.kubernetes.io/zone": zoneLabel,
    ...shape.labels,
  };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: Object.fromEntries(
        Object.entries(labels).filter((entry): entry is [string, string] => entry[1] !== null),
      ),
      annotations: {
        "oci.oraclecloud.com/compartment-id": "ocid1.compartment.oc1..aaaaaaaadomiciletestcompartment",
        "oci.oraclecloud.com/node-pool-id": `ocid1.nodepool.oc1.${regions[region]?.key ?? ""}.aaaaaaaadomiciletestnodepool`,
        ...shape.annotations,
      },
    },
    spec: {
      ...(providerID === null ? {} : { providerID }),
      ...(shape.taints ? { taints: shape.taints } : {}),
      ...(shape.unschedulable ? { unschedulable: true } : {}),
    },
    ...(shape.machineID === undefined ? {} : { status: { nodeInfo: { machineID: shape.machineID } } }),
  };
};
