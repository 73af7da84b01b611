import type { Reason } from "../api/reasons.ts";
import type { NodeFacts } from "../zone/facts.ts";
import type { Zone } from "../zone/zone.ts";
import type { Attestation } from "./attestation.ts";
import { claimOf, type Evidence } from "./evidence.ts";

/** What one check found: a verdict, and the detail that its sentence needs. */
export type Finding = {
  readonly kind: "Verified" | "Rejected" | "Unknown";
  readonly reason: Reason;
  readonly detail: string;
};

type Case = {
  readonly node: NodeFacts;
  readonly evidence: readonly Evidence[];
  readonly zone: Zone;
  /** Undefined where the zone asks for none. */
  readonly attestation: Attestation | undefined;
};
type Check = (subject: Case) => Finding | undefined;

const virtualNode: Check = ({ evidence }) => {
  const marker = evidence.find(({ source }) => source === "virtualNode");
  const provider = claimOf(evidence);
  if (marker !== undefined) return reject("VirtualNode", marker.says);
  return provider?.provider.kind === "oci-virtual-node" ? reject("VirtualNode", provider.says) : undefined;
};

const provider: Check = ({ evidence, zone }) => {
  const seen = claimOf(evidence);
  switch (seen?.provider.kind) {
    case "other-provider":
      return reject("ProviderNotOracle", seen.says);
    case "malformed":
      return reject(
        seen.provider.fault === "unknown-region" ? "RegionUnknown" : "ProviderIDMalformed",
        `${seen.says}: ${seen.provider.problem}`,
      );
    case "absent":
      return zone.minimumTrust === "Label" ? undefined : unknown("ProviderIDMissing", seen.says);
    default:
      return undefined;
  }
};

const twin: Check = ({ evidence }) => {
  const older = evidence.find(({ source }) => source === "olderTwin");
  return older && reject("ProviderIDDuplicated", older.says);
};

const providerRegion: Check = ({ evidence, zone }) => {
  const seen = claimOf(evidence);
  if (seen?.provider.kind !== "oci-instance") return undefined;
  const { region, realm } = seen.provider;
  if (realm !== zone.realm)
    return reject("RealmOutsideZone", `${seen.says}, realm ${realm}; the zone's is ${zone.realm}`);
  if (region === undefined) return unknown("RegionBlank", seen.says);
  return inZone(zone, region.identifier)
    ? undefined
    : reject("RegionOutsideZone", `${seen.says}, region ${region.identifier}; ${regionsOf(zone)}`);
};

/** Every label that is there must agree with the providerID, whose region was found in the zone before. */
const labels: Check = ({ evidence, zone }) => {
  const seen = claimOf(evidence);
  const claimed = seen?.provider.kind === "oci-instance" ? seen.provider.region : undefined;
  for (const item of evidence) {
    if (item.source !== "label") continue;
    if (item.region === undefined) return reject("RegionUnknown", item.says);
    if (claimed !== undefined && item.region.identifier !== claimed.identifier)
      return reject("LabelContradictsProvider", `${item.says}, the providerID says ${claimed.identifier}`);
    if (!inZone(zone, item.region.identifier))
      return reject("RegionOutsideZone", `${item.says}, region ${item.region.identifier}; ${regionsOf(zone)}`);
  }
  return undefined;
};

const labelLevel: Check = ({ evidence }) =>
  claimOf(evidence)?.provider.kind === "absent" && !evidence.some(({ source }) => source === "label")
    ? unknown("LabelMissing", "there is no location label")
    : undefined;

/** Everything that holds at level ProviderID was found before: signed statements come on top. */
const attested: Check = ({ attestation }) =>
  attestation?.fault && unknown(attestation.fault.reason, attestation.fault.detail);

/** The order is the documentation: the first finding is the verdict, and a node without one is verified. */
export const nodeChecks: readonly Check[] = [virtualNode, provider, twin, providerRegion, labels, labelLevel, attested];

const inZone = (zone: Zone, identifier: string): boolean =>
  zone.regions.some((region) => region.identifier === identifier);
const regionsOf = (zone: Zone): string => `zone ${zone.name} has ${zone.regions.map((r) => r.identifier).join(", ")}`;
const reject = (reason: Reason, detail: string): Finding => ({ kind: "Rejected", reason, detail });
const unknown = (reason: Reason, detail: string): Finding => ({ kind: "Unknown", reason, detail });
