import { nothing, type ReasonText } from "./reason-text.ts";

/** The reasons of verdicts on nodes; reasons.ts has them with all others. */
export const nodeReasons = {
  EvidenceConsistent: {
    says: "Provider, realm, region and labels agree and lie in the zone.",
    next: nothing,
  },
  ProviderIDMissing: {
    says: "The node has no providerID yet, so nothing says where it is.",
    next: "Wait for the cloud controller, or check that it runs.",
  },
  ProviderIDMalformed: {
    says: "The providerID is not an Oracle Cloud identifier.",
    next: "Check how the node joined; a kubelet may set its providerID once.",
  },
  ProviderNotOracle: {
    says: "The providerID is of another provider.",
    next: "Run zone workloads on Oracle nodes.",
  },
  ProviderIDDuplicated: {
    says: "An older node claims the same machine, and one machine is one node.",
    next: "Delete the Node that is not the machine.",
  },
  VirtualNode: {
    says: "A virtual node runs its pods somewhere else.",
    next: "Use a node pool of machines for zone workloads.",
  },
  RegionUnknown: {
    says: "The region is in no list of Oracle regions Domicile knows.",
    next: "Upgrade Domicile if the region is new; it is never guessed from a prefix.",
  },
  RegionBlank: {
    says: "The providerID names no region.",
    next: "Only instances with a regional identifier can be verified.",
  },
  RegionOutsideZone: {
    says: "The node's region is none of the zone's.",
    next: "Add the region to spec.nodes.regions if data may live there.",
  },
  RealmOutsideZone: {
    says: "The node is in another Oracle realm than the zone.",
    next: "Realms are separate clouds; a zone has one. Check spec.nodes.realm.",
  },
  LabelContradictsProvider: {
    says: "A location label contradicts the providerID.",
    next: "Find out who wrote the label; a kubelet may set it on itself.",
  },
  LabelMissing: {
    says: "The node has no region label, and the zone judges by labels.",
    next: "Wait for the cloud controller, or raise spec.nodes.minimumTrust.",
  },
  NodeAttested: {
    says: "A signed statement says which machine the node is and where, and everything the node says agrees.",
    next: nothing,
  },
  AttestationMissing: {
    says: "The zone asks for a signed statement about each node, and there is none about this one.",
    next: "Have whoever makes nodes attest it, with `domicile attest`; see docs/attestation.md.",
  },
  AttestationExpired: {
    says: "The signed statement about the node is no longer good.",
    next: "Attest the node anew, and earlier next time: two statements may stand side by side.",
  },
  AttestationOfAnotherNode: {
    says: "The signed statement about this machine is about another node: one that registers again is another.",
    next: "Find out that it is the same machine, then attest the node as it is now.",
  },
  AttestationKeyUnknown: {
    says: "The statement about the node is signed with no key that the zone names.",
    next: "Sign it with a key of spec.nodes.attestation.keys, or name the key there.",
  },
  AttestationSignatureInvalid: {
    says: "The signature of the statement about the node is not that of the zone's key of this name.",
    next: "Check that the zone's publicKey is the signer's, and find out who made the NodeAttestation.",
  },
  AttestationMismatch: {
    says: "The node says something else than the signed statement about it.",
    next: "Find out which machine it is: its kubelet reports what it likes. Attest it anew if the statement is at fault.",
  },
  AttestationsContradict: {
    says: "Two signed statements about the node contradict each other, so neither is believed.",
    next: "Delete the NodeAttestation that is wrong, and find out why it was signed.",
  },
  MachineAttestedTwice: {
    says: "One machine is attested for two nodes that are both there, so neither is believed.",
    next: "Delete the Node that is not the machine, or the NodeAttestation that is wrong.",
  },
} as const satisfies Readonly<Record<string, ReasonText>>;
