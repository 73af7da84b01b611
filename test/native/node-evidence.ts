import assert from "node:assert/strict";
import { test } from "node:test";
import { must } from "../cluster/client.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { addNode } from "../cluster/nodes.ts";
import { ref, type KubeObject } from "../cluster/objects.ts";
import { instanceOcid, type NodeShape } from "../cluster/oracle.ts";
import type { Answer } from "../cluster/transport.ts";
import type { People } from "./guards.ts";

const region = "topology.kubernetes.io/region";
const beta = "failure-domain.beta.kubernetes.io/region";
const node = (name: string) => ref("v1", "Node", name);
const labels = (entries: Readonly<Record<string, string | null>>) => ({ metadata: { labels: entries } });
const nodes = {
  phoenix: { name: "evidence-phoenix", region: "us-phoenix-1" },
  chicago: { name: "evidence-chicago", region: "us-chicago-1" },
  bare: { name: "evidence-bare", region: "us-phoenix-1", providerID: null },
  liar: { name: "evidence-liar", region: "us-phoenix-1", providerID: instanceOcid("uk-london-1", "evidence-liar") },
  foreign: { name: "evidence-foreign", region: "us-phoenix-1", providerID: "aws:///us-west-2a/i-0abc" },
  dotted: { name: "evidence-dotted", region: "us-phoenix-1", providerID: "cloud.instance.one.phx.anuwcljrdotted" },
  newer: {
    name: "evidence-newer",
    region: "us-phoenix-1",
    providerID: "ocid1.instance.oc1.qqq.anuwcljrnewer",
  },
} as const satisfies Readonly<Record<string, NodeShape>>;

type Attempt = (people: People, cluster: Cluster) => Promise<Answer<unknown>>;
const set =
  (name: keyof typeof nodes, entries: Readonly<Record<string, string | null>>): Attempt =>
  ({ admin }) =>
    admin.patch(node(nodes[name].name), labels(entries));
const asItself =
  (name: keyof typeof nodes, patch: object): Attempt =>
  async (_people, cluster) =>
    (await cluster.asNode(nodes[name].name)).patch(node(nodes[name].name), patch);

const refused: Readonly<Record<string, readonly [said: RegExp, attempt: Attempt]>> = {
  "a kubelet that says another region of itself": [
    /node evidence-phoenix: metadata\.labels\[topology\.kubernetes\.io\/region\] is "uk-london-1", and the providerID says us-phoenix-1\. .*\(LabelContradictsProvider\)$/,
    asItself("phoenix", labels({ [region]: "uk-london-1" })),
  ],
  "a beta label, from which the cloud controller would write the other": [
    /\[failure-domain\.beta\.kubernetes\.io\/region\] is "iad", and the providerID says us-phoenix-1/,
    set("phoenix", { [beta]: "iad" }),
  ],
  "a region that nobody knows": [/is "us-phoenix-9"/, set("phoenix", { [region]: "us-phoenix-9" })],
  "an agent that does it through nodes/status": [
    /is "phx", and the providerID says us-chicago-1/,
    ({ agent }) => agent.patch(node("evidence-chicago"), labels({ [region]: "phx" }), { subresource: "status" }),
  ],
  "a kubelet that takes another's providerID": [
    /is "phx", and the providerID says uk-london-1/,
    asItself("bare", { spec: { providerID: instanceOcid("uk-london-1", "evidence-bare") } }),
  ],
  "the same behind oci://": [
    /is "phx", and the providerID says us-ashburn-1/,
    asItself("bare", { spec: { providerID: "oci://ocid1.instance.oc1.us_ashburn_1.anuwcljrbare" } }),
  ],
  "a liar that changes to another lie": [/and the providerID says uk-london-1/, set("liar", { [region]: "iad" })],
};

const allowed: Readonly<Record<string, Attempt>> = {
  "a heartbeat of a node that disagreed before": async (_people, cluster) =>
    (await cluster.asNode(nodes.liar.name)).patch(
      node(nodes.liar.name),
      { status: { conditions: [{ type: "Ready", status: "True", reason: "KubeletReady", message: "" }] } },
      { subresource: "status", type: "strategic" },
    ),
  "another label of a node that disagreed before": set("liar", { "example.com/rack": "7" }),
  "a label in the other spelling": set("phoenix", { [region]: "us-phoenix-1" }),
  "both labels taken away": set("phoenix", { [region]: null, [beta]: null }),
  "a providerID that agrees": asItself("bare", {
    spec: { providerID: "oci://ocid1.instance.oc1.phx.anuwcljrbare" },
  }),
  "a liar that is mended": set("liar", { [region]: "uk-london-1", [beta]: "uk-london-1" }),
  "a machine of another provider": set("foreign", { [region]: "us-west-2" }),
  "a machine of another provider whose name has as many parts": set("dotted", { [region]: "us-west-2" }),
  "a providerID with a region newer than this version": set("newer", { [region]: "us-newer-1" }),
};

/** The policy domicile-node-evidence: no request may make a node say two things that cannot both be true. */
export const nodeEvidenceTests = (cluster: () => Cluster, people: () => People): void => {
  test("nodes join whatever they say, for they are judged", async () => {
    for (const shape of Object.values(nodes)) await addNode(cluster(), shape);
  });
  for (const [what, [said, attempt]] of Object.entries(refused))
    test(`P7 refused: ${what}`, async () => {
      const { status, message } = await attempt(people(), cluster());
      assert.equal(status, 403, message);
      assert.match(message, said);
    });
  for (const [what, attempt] of Object.entries(allowed))
    test(`allowed: ${what}`, async () => {
      await must(attempt(people(), cluster()) as Promise<Answer<KubeObject>>);
    });
  test("nodes go", async () => {
    for (const { name } of Object.values(nodes)) await must(people().admin.delete(node(name)));
  });
};
