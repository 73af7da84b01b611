import type { Reason } from "../api/reasons.ts";
import type { AttestationFacts, NodeFacts } from "../zone/facts.ts";
import type { Statement } from "../zone/statement.ts";
import { brief } from "./evidence.ts";
import type { World } from "../zone/world.ts";
import type { Zone } from "../zone/zone.ts";

/** What signed statements say of a node, for a zone that asks for them. */
export type Attestation = {
  /** Undefined when one holds, and nothing signed speaks against it. */
  readonly fault: { readonly reason: Reason; readonly detail: string } | undefined;
  /** What was seen, for people. */
  readonly says: readonly string[];
  /** When time alone may change this, in milliseconds since 1970; undefined for never. */
  readonly until: number | undefined;
};

type Signed = { readonly name: string; readonly key: string; readonly statement: Statement };

/** Judges what is attested of a node whose region, as its providerID says, is `region`. Costs one look per attestation of it and its machine. */
export const judgeAttestation = (
  world: World,
  node: NodeFacts,
  zone: Zone,
  region: string | undefined,
): Attestation => {
  // Once: what held at the first look must be looked at again at its end, also if that comes in between.
  const { now } = world;
  const own = world.attestationsOf(node.uid);
  const judged = own.map((one) => ({ name: one.name, signed: believed(world, zone, one) }));
  const signed = judged.flatMap((one) => one.signed ?? []);
  const valid = signed.filter(holdsAt(now));
  const others = valid.flatMap(({ statement }) =>
    claimants(world, zone, node, statement.machineID).filter(holdsAt(now)),
  );
  const fault =
    valid.length === 0
      ? (expired(signed) ?? unsigned(zone, own) ?? elsewhere(world, zone, node))
      : (contradiction(valid) ?? mismatch(valid, node, region) ?? reuse(others));
  const ends = [...valid, ...others].map(({ statement }) => statement.notAfter);
  return {
    fault,
    says: judged.slice(0, shownMax).map((one) => inWords(one, now)),
    until: ends.length === 0 ? undefined : Math.min(...ends),
  };
};

const holdsAt =
  (now: number) =>
  ({ statement }: Signed): boolean =>
    statement.notAfter > now;

/** Whoever may write NodeAttestations may write many about one node. */
const shownMax = 4;

const inWords = (
  { name, signed }: { readonly name: string; readonly signed: Signed | undefined },
  now: number,
): string => {
  if (signed === undefined) return `NodeAttestation ${name} is signed with no key of the zone's`;
  const { key, statement } = signed;
  const verb = statement.notAfter > now ? "attests" : "attested";
  return `NodeAttestation ${name}, signed with key ${key}, ${verb} it until ${shown(statement.notAfter)}`;
};

/** The statement, if a key of the zone's signed it. Before this nothing in an attestation counts. */
const believed = (world: World, zone: Zone, attestation: AttestationFacts): Signed | undefined => {
  if (!attestation.statement.ok) return undefined;
  const key = zone.attestationKeys.find((one) => world.signedBy(attestation, one));
  return key && { name: attestation.name, key: key.name, statement: attestation.statement.value };
};

const expired = (signed: readonly Signed[]) => {
  const [last] = signed.toSorted((a, b) => b.statement.notAfter - a.statement.notAfter);
  return last && fault("AttestationExpired", `${last.name} was good until ${shown(last.statement.notAfter)}`);
};

/** Why none of the node's attestations is signed: with a key that the zone names, or with none of those. */
const unsigned = ({ name: zone, attestationKeys }: Zone, own: readonly AttestationFacts[]) => {
  const isNamed = (keyid: string): boolean => attestationKeys.some(({ name }) => name === keyid);
  const bad = own.find(({ signatures }) => signatures.some(({ keyid }) => isNamed(keyid)));
  if (bad !== undefined) return fault("AttestationSignatureInvalid", `${bad.name}, key ${keys(bad)} of zone ${zone}`);
  const [first] = own;
  return (
    first &&
    fault(
      "AttestationKeyUnknown",
      `${first.name} is signed with ${keys(first)}; zone ${zone} names ${attestationKeys.map(({ name }) => name).join(", ")}`,
    )
  );
};

/** Nothing names this node's UID. Whether something names its machine tells a newcomer from one that registered again. */
const elsewhere = (world: World, zone: Zone, node: NodeFacts) => {
  const machine = node.machineID === undefined ? [] : world.attestationsNaming(node.machineID);
  const [other] = machine.flatMap((one) => believed(world, zone, one) ?? []);
  return other === undefined
    ? fault("AttestationMissing", `no NodeAttestation names UID ${node.uid}`)
    : fault(
        "AttestationOfAnotherNode",
        `${other.name} names UID ${other.statement.nodeUID}, and this node's is ${node.uid}`,
      );
};

/** Two that differ only in how long they hold are one that was renewed. */
const contradiction = ([first, ...rest]: readonly Signed[]) => {
  if (first === undefined) return undefined;
  for (const other of rest) {
    const about = compared.find((key) => other.statement[key] !== first.statement[key]);
    if (about !== undefined)
      return fault(
        "AttestationsContradict",
        `${about}: ${first.name} says ${first.statement[about]}, ${other.name} says ${other.statement[about]}`,
      );
  }
  return undefined;
};

const compared = ["providerID", "machineID", "region"] as const;

const mismatch = ([first]: readonly Signed[], node: NodeFacts, region: string | undefined) => {
  if (first === undefined) return undefined;
  const seen = { providerID: node.providerID, machineID: node.machineID, region };
  const about = compared.find((key) => seen[key] !== first.statement[key]);
  return (
    about &&
    fault(
      "AttestationMismatch",
      `${about}: ${first.name} says ${first.statement[about]}, the node says ${brief(seen[about] ?? "nothing")}`,
    )
  );
};

const reuse = ([other]: readonly Signed[]) =>
  other &&
  fault(
    "MachineAttestedTwice",
    `${other.name} attests machine ${other.statement.machineID} for UID ${other.statement.nodeUID} too`,
  );

/** Statements that name this machine for another node that is there. */
const claimants = (world: World, zone: Zone, { uid }: NodeFacts, machineID: string): readonly Signed[] =>
  world.attestationsNaming(machineID).flatMap((one) => {
    const other = one.statement.ok ? world.nodeOf(one.statement.value.nodeUID) : undefined;
    if (other === undefined || other.uid === uid || other.deleting) return [];
    return believed(world, zone, one) ?? [];
  });

const fault = (reason: Reason, detail: string) => ({ reason, detail });
const keys = ({ signatures }: AttestationFacts): string => signatures.map(({ keyid }) => brief(keyid)).join(", ");
const shown = (time: number): string => new Date(time).toISOString().replace(".000", "");
