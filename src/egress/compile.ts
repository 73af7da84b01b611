import type { NetworkPolicySpec } from "../api/kubernetes.ts";
import { allowPolicy, isolatePolicy } from "../api/names.ts";
import type { ApiServerFacts, DnsFacts } from "../zone/facts.ts";
import type { Problem } from "../zone/problem.ts";
import type { RemoteCluster, Zone } from "../zone/zone.ts";
import type { Allowance } from "./allowance.ts";
import { egressRule, ingressRule } from "./allowance.ts";
import { apiServerGrants } from "./api-server.ts";
import { allowancesFrom, type Grants } from "./grant.ts";
import { egressGrants, ingressGrants } from "./peers.ts";
import { refuseIf } from "./refusal.ts";
import type { Refusal } from "./refusal.ts";
import { unsound } from "./sound.ts";
import { countBlocks, mostBlocks, mostBlocksPerPolicy, split } from "./split.ts";
import type { Part } from "./split.ts";

/** A zone with everything outside it that its policies depend on. */
export type CompileInput = {
  readonly zone: Zone;
  /**
   * The zone's clusters as resolved; one that the zone does not name is left out, whatever it holds, and one that is not
   * here opens nothing.
   */
  readonly clusters: readonly RemoteCluster[];
  /** Undefined while the API server's endpoints cannot be read. */
  readonly apiServer: ApiServerFacts | undefined;
  /** What is found, for zones that state no servers; one that finds none opens none. */
  readonly dns: DnsFacts;
};

/** A policy without the namespace it will stand in. */
export type NamedSpec = { readonly name: string; readonly spec: NetworkPolicySpec };

/** The policies of a zone, or why there are none. */
export type Compiled = { readonly kind: "compiled"; readonly specs: readonly NamedSpec[] } | Refusal;

/**
 * JSON of one policy, in bytes. What is stored is shorter than its JSON, and etcd takes 1.5 MiB; only selectors and
 * ports can come here, for blocks are counted.
 */
const mostBytes = 1_048_576;

/** What a zone opens, or why nothing is compiled for it. */
export type Granted = ({ readonly kind: "granted" } & Grants) | Refusal;

/**
 * What a zone opens, thing by thing. Refused with Invalid or ApiServerUnknown; never wider for want of input.
 */
export function grantsOf({ zone, clusters: resolved, apiServer, dns }: CompileInput): Granted {
  const byName = new Map(resolved.map((cluster) => [cluster.name, cluster]));
  const clusters = zone.egress.clusters.flatMap((name) => byName.get(name) ?? []);
  const refusal = refuseIf("Invalid", unsound(zone, clusters));
  if (refusal !== undefined) return refusal;
  const server = zone.egress.apiServer === "Allow" ? apiServerGrants(apiServer) : { ok: true as const, grants: [] };
  if (!server.ok) return { kind: "refused", reason: "ApiServerUnknown", problems: server.problems };
  return { kind: "granted", egress: egressGrants(zone, clusters, server.grants, dns), ingress: ingressGrants(zone) };
}

/**
 * The policies of every namespace of a zone: the isolating one first, then those that allow. They are the same for each
 * namespace. Refused with Invalid, ApiServerUnknown or PolicyTooLarge; never wider for want of input.
 */
export function compile(input: CompileInput): Compiled {
  const granted = grantsOf(input);
  return granted.kind === "granted" ? policies(granted) : granted;
}

function policies(grants: Grants): Compiled {
  const egress = allowancesFrom(grants.egress);
  const ingress = grants.ingress === "everybody" ? [] : allowancesFrom(grants.ingress);
  const parts = split(egress, ingress);
  if (parts === undefined) return tooLarge(tooManyBlocks(egress, ingress));
  const allowing = parts.map((part) => ({ name: allowPolicy(part.part), spec: allowed(part, grants) }));
  const bytes = Math.max(...allowing.map(({ spec }) => JSON.stringify(spec).length));
  if (bytes > mostBytes) return tooLarge(tooManyBytes(bytes));
  return { kind: "compiled", specs: [isolation, ...allowing] };
}

/**
 * Selects every pod, in both directions, and allows nothing. The empty lists are written, or server-side apply would
 * leave standing what somebody patched in.
 */
export const isolation: NamedSpec = {
  name: isolatePolicy,
  spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"], ingress: [], egress: [] },
};

const allowed = ({ part, egress, ingress }: Part, grants: Grants): NetworkPolicySpec => ({
  podSelector: {},
  policyTypes: ["Ingress", "Egress"],
  ingress: grants.ingress === "everybody" ? (part === 1 ? [{}] : []) : ingress.map(ingressRule),
  egress: egress.map(egressRule),
});

const tooLarge = (problem: Problem): Refusal => ({ kind: "refused", reason: "PolicyTooLarge", problems: [problem] });

function tooManyBlocks(egress: readonly Allowance[], ingress: readonly Allowance[]): Problem {
  const [out, into] = [countBlocks(egress), countBlocks(ingress)];
  return {
    path: out >= into ? "spec.egress" : "spec.ingress",
    message: `egress comes to ${out} separate blocks of addresses and ingress to ${into}; at most ${mostBlocks} together, in policies of at most ${mostBlocksPerPolicy}, can be stored and enforced`,
  };
}

const tooManyBytes = (bytes: number): Problem => ({
  path: "spec",
  message: `rules, selectors and ports come to ${bytes} bytes in one policy, and at most ${mostBytes} can be stored: give networks the same list of ports where you can, for those share a rule`,
});
