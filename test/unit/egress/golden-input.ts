import { parse } from "yaml";
import type { CompileInput } from "../../../src/egress/compile.ts";
import { dnsFacts, projectDnsService, projectDnsSlice } from "../../../src/zone/dns-facts.ts";
import type { ApiServerFacts } from "../../../src/zone/facts.ts";
import { parseCluster } from "../../../src/zone/parse-cluster.ts";
import { parseZone } from "../../../src/zone/parse-zone.ts";
import { listProblems } from "../../../src/zone/problem.ts";
import type { Parsed } from "../../../src/zone/problem.ts";

/** `bulk` stands for a RemoteCluster of `count` single addresses, `every` so many from `first` on, open on TCP 443. */
type Bulk = { readonly cluster: string; readonly first: string; readonly every: number; readonly count: number };

type GoldenInput = {
  readonly zone: unknown;
  readonly clusters?: readonly unknown[];
  readonly bulk?: readonly Bulk[];
  readonly apiServer?: ApiServerFacts;
  /** Services of the cluster's DNS and their EndpointSlices; left out, one as most clusters have it, without ClusterIP. */
  readonly dns?: readonly unknown[];
};

const usualDns: unknown = {
  kind: "Service",
  metadata: { name: "kube-dns", namespace: "kube-system", uid: "u", labels: { "k8s-app": "kube-dns" } },
  spec: { selector: { "k8s-app": "kube-dns" }, ports: [{ name: "dns", port: 53, protocol: "UDP", targetPort: 53 }] },
};

/** What a golden folder's input.yaml gives to compile; the resources in it are written as a user writes them. */
export function readInput(text: string): CompileInput {
  const input = parse(text) as GoldenInput;
  const { dns = [usualDns] } = input;
  const clusters = [...(input.clusters ?? []), ...(input.bulk ?? []).map(bulkCluster)];
  return {
    zone: valid(parseZone(input.zone)),
    clusters: clusters.map((cluster) => valid(parseCluster(cluster))),
    apiServer: input.apiServer,
    dns: dnsFacts(
      dns.flatMap((one) => projectDnsService(one) ?? []),
      dns.flatMap((one) => projectDnsSlice(one) ?? []),
    ),
  };
}

function valid<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw new Error(`input.yaml: ${listProblems(parsed.problems)}`);
  return parsed.value;
}

function bulkCluster({ cluster, first, every, count }: Bulk): unknown {
  const start = first.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const cidrs = Array.from({ length: count }, (_, index) => `${dotted(start + index * every)}/32`);
  const networks = Array.from({ length: Math.ceil(count / 256) }, (_, index) => ({
    name: `part-${index + 1}`,
    cidrs: cidrs.slice(index * 256, (index + 1) * 256),
    ports: [{ protocol: "TCP", port: 443 }],
  }));
  return {
    apiVersion: "domicile.dev/v1alpha1",
    kind: "RemoteCluster",
    metadata: { name: cluster },
    spec: { region: "us-phoenix-1", networks },
  };
}

const dotted = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");
