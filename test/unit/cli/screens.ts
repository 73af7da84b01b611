import { policyKinds } from "../../../src/api/policy-kinds.ts";
import { showAudit } from "../../../src/cli/audit.ts";
import { connectionOfFiles } from "../../../src/cli/connection-view.ts";
import { showEgress } from "../../../src/cli/egress.ts";
import { readAsked } from "../../../src/cli/endpoint.ts";
import { explainConnection } from "../../../src/cli/explain-connection.ts";
import { explainFiles } from "../../../src/cli/explain-files.ts";
import { explainPod } from "../../../src/cli/explain-pod.ts";
import { explainWorkload } from "../../../src/cli/explain-workload.ts";
import { showGraph } from "../../../src/cli/graph.ts";
import type { Manifest } from "../../../src/cli/manifests.ts";
import { networkOfFiles } from "../../../src/cli/network-files.ts";
import { planOfFiles } from "../../../src/cli/plan-view.ts";
import { showNodes } from "../../../src/cli/nodes.ts";
import { showPlan } from "../../../src/cli/show-plan.ts";
import { showPreflight } from "../../../src/cli/preflight.ts";
import { projectRunningPod, projectRunningWorkload } from "../../../src/cli/running.ts";
import type { Home } from "../../../src/cli/home.ts";
import { projectSeenNode } from "../../../src/cli/seen-node.ts";
import type { Found } from "../../../src/cli/verb.ts";
import { makeSignatureCheck } from "../../../src/attestation/verify.ts";
import { workloadKinds } from "../../../src/placement/template.ts";
import { field, fields, text } from "../../../src/zone/json.ts";
import { projectAttestation } from "../../../src/zone/attestation-facts.ts";
import { projectPolicy } from "../../../src/zone/policy-facts.ts";
import { projectExposing } from "../../../src/egress/exposing-facts.ts";
import { resources } from "../../../src/kube/resources.ts";
import type { Lists } from "../../../src/zone/listed.ts";
import { projectCluster } from "../../../src/zone/cluster-record.ts";
import { projectForeign } from "../../../src/zone/foreign-facts.ts";
import { projectNamespace } from "../../../src/zone/namespace-facts.ts";
import { projectPod } from "../../../src/zone/pod-facts.ts";
import { projectClaim } from "../../../src/zone/storage-facts.ts";
import { projectZone } from "../../../src/zone/zone-record.ts";

/** A golden input: which screen, what it is asked, and every object that was read for it. */
type Input = {
  readonly screen: keyof typeof screens;
  readonly name?: string;
  /** The ends of a connection. */
  readonly from?: string;
  readonly to?: string;
  readonly objects: readonly unknown[];
  readonly manifests?: readonly unknown[];
  /** What Pod Security said, by namespace. */
  readonly podSecurity?: Readonly<Record<string, readonly string[]>>;
  /** What the person who asks may not, as `use us`. */
  readonly lacks?: readonly string[];
};

/** The screen that an input asks for, from what would have been read. */
export const screenOf = (input: Input): Found => screens[input.screen](input);

const screens = {
  pod: ({ objects }: Input): Found => {
    const [raw] = ofKind(objects, "Pod");
    const home = homeOf(objects);
    const nodes = ofKind(objects, "Node").flatMap((node) => projectSeenNode(home.zone?.name ?? "")(node) ?? []);
    return explainPod({
      name: nameOf(raw),
      home,
      raw,
      nodes: home.zone === undefined ? [] : nodes,
      attested: attestedOf(objects),
    });
  },
  workload: ({ objects }: Input): Found => {
    const raw = objects.find((object) => workloadKinds.some((kind) => kind === field(object, "kind")));
    const kind = workloadKinds.find((known) => known === field(raw, "kind"));
    if (kind === undefined) throw new Error("input.yaml holds no workload");
    return explainWorkload({ kind, name: nameOf(raw), home: homeOf(objects), raw });
  },
  files: ({ objects, manifests = [], lacks = [] }: Input): Found =>
    explainFiles(
      {
        granted: (verb, zone) => !lacks.includes(`${verb} ${zone}`),
        there: {
          zones: ofKind(objects, "ResidencyZone").flatMap((object) => projectZone(object) ?? []),
          clusters: ofKind(objects, "RemoteCluster").flatMap((object) => projectCluster(object) ?? []),
          namespaces: ofKind(objects, "Namespace").flatMap((object) => projectNamespace(object) ?? []),
          pods: ofKind(objects, "Pod").flatMap((object) => projectPod(object) ?? []),
          storage: ofKind(objects, "PersistentVolumeClaim").flatMap((object) => projectClaim(object) ?? []),
        },
      },
      manifestsOf(manifests),
      "payments",
    ),
  nodes: ({ objects }: Input): Found => {
    const zone = homeOf(objects).zone ?? missing("ResidencyZone");
    return showNodes(
      zone,
      ofKind(objects, "Node").flatMap((node) => projectSeenNode(zone.name)(node) ?? []),
      attestedOf(objects),
    );
  },
  audit: ({ objects }: Input): Found => {
    const zones = ofKind(objects, "ResidencyZone").flatMap((object) => projectZone(object) ?? []);
    return showAudit({
      zones,
      lists: {
        zones,
        namespaces: ofKind(objects, "Namespace").flatMap((object) => projectNamespace(object) ?? []),
        clusters: ofKind(objects, "RemoteCluster").flatMap((object) => projectCluster(object) ?? []),
        pods: ofKind(objects, "Pod").flatMap((object) => projectPod(object) ?? []),
        exposing: [resources.services, resources.endpointSlices, resources.ingresses].flatMap((resource) =>
          ofKind(objects, resource.kind).flatMap((object) => projectExposing(resource)(object) ?? []),
        ),
        policies: ofKind(objects, "NetworkPolicy").flatMap((object) => projectPolicy(object) ?? []),
        foreign: policyKinds.flatMap((kind) =>
          ofKind(objects, kind.kind)
            .filter((object) => field(object, "apiVersion") === `${kind.group}/${kind.version}`)
            .flatMap((object) => projectForeign(kind)(object) ?? []),
        ),
      },
    });
  },
  egress: ({ objects, name = "us" }: Input): Found => showEgress(networkOfFiles(manifestsOf(objects)), name),
  connection: ({ objects, from = "", to = "" }: Input): Found =>
    explainConnection(connectionOfFiles(manifestsOf(objects), readAsked(from, to), "payments")),
  graph: ({ objects, name }: Input): Found => showGraph(networkOfFiles(manifestsOf(objects)), name),
  plan: ({ objects, manifests = [] }: Input): Found =>
    showPlan(planOfFiles(manifestsOf(objects), manifestsOf(manifests))),
  preflight: ({ objects, podSecurity = {} }: Input): Found => {
    const zones = ofKind(objects, "ResidencyZone").flatMap((object) => projectZone(object) ?? []);
    const zone = zones[0] ?? missing("ResidencyZone");
    const nodes = ofKind(objects, "Node").flatMap((node) => projectSeenNode(zone.name)(node) ?? []);
    const pods = ofKind(objects, "Pod").flatMap((pod) => projectRunningPod(pod) ?? []);
    return showPreflight({
      zone,
      nodes,
      pods,
      podSecurity: new Map(Object.entries(podSecurity)),
      workloads: workloadKinds.flatMap((kind) =>
        ofKind(objects, kind).flatMap((object) => projectRunningWorkload(kind)(object) ?? []),
      ),
      networkPolicies: ofKind(objects, "NetworkPolicy").map((policy) => ({
        namespace: text(field(field(policy, "metadata"), "namespace")) ?? "",
        name: nameOf(policy),
      })),
      lists: {
        zones,
        nodes: nodes.map(({ facts }) => facts),
        pods: pods.map(({ facts }) => facts),
        namespaces: ofKind(objects, "Namespace").flatMap((object) => projectNamespace(object) ?? []),
        clusters: ofKind(objects, "RemoteCluster").flatMap((object) => projectCluster(object) ?? []),
      },
    });
  },
} satisfies Readonly<Record<string, (input: Input) => Found>>;

const manifestsOf = (objects: readonly unknown[]): readonly Manifest[] =>
  objects.map((raw, index) => {
    const [version = "", kind = ""] = [text(field(raw, "apiVersion")), text(field(raw, "kind"))];
    const group = version.includes("/") ? (version.split("/")[0] ?? "") : "";
    return { file: `app.yaml, document ${index + 1}`, object: fields(raw) ?? {}, kind, group };
  });

const ofKind = (objects: readonly unknown[], kind: string): readonly unknown[] =>
  objects.filter((object) => field(object, "kind") === kind);

/** What is attested, as of the day of these screens. */
const attestedOf = (objects: readonly unknown[]): Lists => ({
  attestations: ofKind(objects, "NodeAttestation").flatMap((object) => projectAttestation(object) ?? []),
  signedBy: makeSignatureCheck(),
  now: Date.UTC(2026, 10, 24),
});

const homeOf = (objects: readonly unknown[]): Home => {
  const [namespace] = ofKind(objects, "Namespace").flatMap((object) => projectNamespace(object) ?? []);
  const [zone] = ofKind(objects, "ResidencyZone").flatMap((object) => projectZone(object) ?? []);
  return {
    namespace: namespace ?? projectNamespace({ metadata: { name: "none", uid: "none" } }) ?? missing("Namespace"),
    zone,
  };
};

const nameOf = (raw: unknown): string => text(field(field(raw, "metadata"), "name")) ?? missing("name");

const missing = (what: string): never => {
  throw new Error(`input.yaml holds no ${what}`);
};
