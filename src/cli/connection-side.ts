import { isOurPolicy } from "../api/names.ts";
import { parseAddress, printAddress } from "../cidr/address.ts";
import { blockOf } from "../cidr/block.ts";
import { overlaps, setOf } from "../cidr/set.ts";
import { specialIn } from "../cidr/special.ts";
import { allowanceOf } from "../egress/allowance.ts";
import { grantsIn } from "../egress/compile-in.ts";
import type { Direction } from "../egress/flow.ts";
import { whyWords, type Grant } from "../egress/grant.ts";
import { openedBy, passage, type Connection, type FarEnd, type Passage } from "../egress/passage.ts";
import type { Problem } from "../zone/problem.ts";
import type { ClusterRecord, ZoneRecord } from "../zone/record.ts";
import type { World } from "../zone/world.ts";
import type { Zone } from "../zone/zone.ts";
import type { End, PodEnd } from "./connection-view.ts";
import { some } from "./finding.ts";
import { portWords } from "./peer-words.ts";

/** What a zone says of a connection of its own pods. */
export type ZoneSays =
  | { readonly kind: "allows"; readonly grants: readonly Grant[] | "everybody" }
  | {
      readonly kind: "denies";
      readonly elsewhere: readonly Grant[];
      readonly because: readonly string[];
      readonly next: string;
    }
  /** Nothing can be compiled for it. */
  | { readonly kind: "unknown"; readonly problem: string };

/** One end of a connection, judged: by the policies that stand there, and by its zone. */
export type JudgedSide = {
  readonly pod: PodEnd;
  readonly direction: Direction;
  /** A pod in its node's network is held by no policy. */
  readonly passage: Passage | { readonly kind: "hostNetwork" };
  readonly zone: { readonly record: ZoneRecord; readonly says: ZoneSays } | undefined;
  /** A policy of somebody else's lets through what the zone, which enforces, does not allow. */
  readonly byOthers: boolean;
};

/** Judges a connection at the end of one pod. */
export const judgeSide = (
  world: World,
  pod: PodEnd,
  other: End,
  asked: Pick<Connection, "direction" | "protocol" | "port">,
): JudgedSide => {
  const { direction } = asked;
  if (pod.hostNetwork) return { pod, direction, passage: { kind: "hostNetwork" }, zone: undefined, byOthers: false };
  const connection: Connection = { ...asked, end: farEnd(other) };
  const { namespace, labels } = pod;
  const found = passage({ namespace, pod: labels, policies: world.policiesIn(namespace) }, connection);
  const record = world.zones.get(world.namespaces.get(namespace)?.zone ?? "");
  const zone = record && { record, says: zoneSays(world, record, namespace, connection) };
  const byOthers =
    found.kind === "allowed" &&
    record?.enforcement === "Enforce" &&
    zone?.says.kind === "denies" &&
    found.by.some(({ policy }) => !isOurPolicy(policy));
  return { pod, direction, passage: found, zone, byOthers };
};

/** The other end as policies see it: a pod in its node's network is its node, by address, once it runs there. */
const farEnd = (end: End): FarEnd => {
  if (end.kind === "address") return { kind: "address", address: end.address };
  const node = end.hostNetwork && end.hostIP !== undefined ? parseAddress(end.hostIP) : undefined;
  return node?.ok === true
    ? { kind: "address", address: node.address }
    : { kind: "pod", namespace: end.namespaceLabels, pod: end.labels };
};

const zoneSays = (world: World, { parsed }: ZoneRecord, namespace: string, connection: Connection): ZoneSays => {
  if (!parsed.ok) return unknownFor(parsed.problems);
  const granted = grantsIn(world, { parsed });
  if (granted.kind === "refused") return unknownFor(granted.problems);
  const opened = openedBy(granted, namespace, connection);
  if (opened === "everybody") return { kind: "allows", grants: "everybody" };
  if (opened.opening.length > 0) return { kind: "allows", grants: opened.opening };
  return { kind: "denies", elsewhere: opened.elsewhere, ...denialOf(world, parsed.value, connection) };
};

const unknownFor = ([first]: readonly Problem[]): ZoneSays => ({
  kind: "unknown",
  problem: first === undefined ? "" : `${first.path} ${first.message}`,
});

/** What else is known of an end that a zone does not allow, and what to do where it should. */
const denialOf = (
  world: World,
  { name, egress: { apiServer, clusters: approved } }: Zone,
  { direction, end }: Connection,
): { readonly because: readonly string[]; readonly next: string } => {
  const shows = "domicile plan -f FILE shows what that opens";
  if (direction === "ingress")
    return { because: [], next: `if zone ${name} should let it in, it belongs into spec.ingress.from: ${shows}.` };
  if (end.kind === "pod")
    return {
      because: ["of pods outside the zone its pods reach the name servers alone"],
      next: `if they belong together, put that pod's namespace into zone ${name}: ${shows}.`,
    };
  const block = blockOf(end.address);
  const special = specialIn(block);
  if (special !== undefined)
    return { because: [`it is ${special.name}`], next: "nothing: no zone can approve such an address." };
  const text = printAddress(end.address);
  if (apiServer === "Deny" && world.apiServer?.some(({ addresses }) => addresses.includes(text)) === true)
    return {
      because: ["it is the API server, and spec.egress.apiServer is Deny"],
      next: `if the pod should speak to it, set spec.egress.apiServer of zone ${name} to Allow: ${shows}.`,
    };
  const one = setOf([block]);
  const owner = [...world.clusters.values()].find(
    ({ name: cluster, parsed }) =>
      parsed.ok &&
      !approved.includes(cluster) &&
      parsed.value.networks.some(({ addresses }) => overlaps(addresses, one)),
  );
  return owner === undefined
    ? { because: [], next: `if zone ${name} should reach it, it belongs into spec.egress: ${shows}.` }
    : {
        because: [`it is of RemoteCluster ${owner.name}${regionOf(owner)}, which zone ${name} does not approve`],
        next: `if zone ${name} should reach that cluster, name it in spec.egress.clusters: ${shows}.`,
      };
};

const regionOf = ({ parsed }: ClusterRecord): string => (parsed.ok ? ` (${parsed.value.region.identifier})` : "");

/** A side for people. */
export const sideLines = ({ pod, direction, passage: found, zone, byOthers }: JudgedSide): readonly string[] => [
  ...passageLines(pod, direction, found),
  ...(zone === undefined ? [] : zoneLines(zone, byOthers)),
];

const refusedWords = (policies: readonly string[], at: string, pod: PodEnd): string =>
  policies.length === 1
    ? `REFUSED: NetworkPolicy ${policies.join()} of ${at} selects ${pod.name} and does not allow it`
    : `REFUSED: NetworkPolicies ${some(policies.toSorted(oursFirst))} of ${at} select ${pod.name}, and none allows it`;

const oursFirst = (a: string, b: string): number => Number(isOurPolicy(b)) - Number(isOurPolicy(a)) || (a < b ? -1 : 1);

const passageLines = (pod: PodEnd, direction: Direction, found: JudgedSide["passage"]): readonly string[] => {
  const at = `namespace ${pod.namespace}`;
  if (found.kind === "hostNetwork")
    return [`open: ${pod.name} uses its node's network, where no NetworkPolicy applies`];
  const unread = found.unread.map(
    ({ policy, path, message }) => `not judged: NetworkPolicy ${policy} ${path} ${message}, so it may allow more`,
  );
  switch (found.kind) {
    case "open": {
      const whom = direction === "egress" ? "it may connect to anybody" : "anybody may connect to it";
      return [`open: no NetworkPolicy of ${at} selects ${pod.name}, so ${whom}`, ...unread];
    }
    case "allowed":
      return [
        ...found.by
          .toSorted((a, b) => oursFirst(a.policy, b.policy))
          .slice(0, 3)
          .map(
            ({ policy, path, note }) =>
              `allowed by NetworkPolicy ${policy} of ${at}: ${path}${note === undefined ? "" : ` (${note})`}`,
          ),
        ...unread,
      ];
    case "refused":
      return [refusedWords(found.isolatedBy, at, pod), ...unread];
    default:
      return found satisfies never;
  }
};

const zoneLines = (
  { record: { name, enforcement }, says }: NonNullable<JudgedSide["zone"]>,
  byOthers: boolean,
): readonly string[] => {
  const zone = `zone ${name} (${enforcement})`;
  const idle = enforcement === "Enforce" ? "" : "; it does not enforce";
  switch (says.kind) {
    case "unknown":
      return [`${zone} cannot be compiled, so what stands stays: ${says.problem}`];
    case "allows":
      return says.grants === "everybody"
        ? [`${zone} allows everybody in: spec.ingress.isolation${idle}`]
        : says.grants.map(({ why, path }) => `${zone} allows it: ${whyWords(why)}, ${path}${idle}`);
    case "denies":
      return [
        `${zone} does not allow it${byOthers ? ", and a policy of somebody else's opens it" : idle}`,
        ...says.elsewhere.map(
          (grant) =>
            `${zone} allows the other end on ${portWords(allowanceOf(grant).ports)} only: ${whyWords(grant.why)}, ${grant.path}`,
        ),
        ...says.because,
      ];
    default:
      return says satisfies never;
  }
};
