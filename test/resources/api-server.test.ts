import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as fc from "fast-check";
import { parse } from "yaml";
import { parseCluster } from "../../src/zone/parse-cluster.ts";
import { parseZone } from "../../src/zone/parse-zone.ts";
import { must } from "../cluster/client.ts";
import { type Cluster, connect } from "../cluster/cluster.ts";
import { condition, type Manifest, ref } from "../cluster/objects.ts";
import { generatedFiles } from "../generate/files.ts";
import { attestationCases } from "./attestation-cases.ts";
import { almostBlocks, almostGood } from "./almost.ts";
import { type Case, type Json, zoneWith } from "./case.ts";
import { networkCases } from "./network-cases.ts";
import { zoneCases } from "./zone-cases.ts";

const crds: readonly Manifest[] = [...generatedFiles()].flatMap(([path, content]) =>
  path.startsWith("crds/") ? [parse(content)] : [],
);
const crdRef = (crd: Manifest) => ref("apiextensions.k8s.io/v1", "CustomResourceDefinition", crd.metadata.name ?? "");

let cluster: Cluster;
/** Those that this file brought, and takes away. */
const brought: Manifest[] = [];

before(async () => {
  cluster = await connect();
  for (const crd of crds) {
    if (!(await cluster.admin.get(crdRef(crd))).ok) brought.push(crd);
    await must(cluster.admin.apply(crd, { fieldManager: "domicile-test", force: true }));
    await cluster.admin.until(crdRef(crd), (now) => condition(now, "Established") === "True", {
      describe: `${crd.metadata.name} is established`,
    });
  }
});

after(async () => {
  for (const crd of brought) {
    await must(cluster.admin.delete(crdRef(crd)));
    await cluster.admin.untilGone(crdRef(crd), { describe: `${crd.metadata.name} is gone` });
  }
  await cluster.close();
});

describe("stored by the API server, or refused with its words", () => {
  for (const [sentence, one] of Object.entries({ ...zoneCases, ...networkCases, ...attestationCases }))
    test(sentence, async () => {
      const { ok, message } = await cluster.admin.create(manifest(one), { dryRun: true, fieldValidation: "Strict" });
      assert.equal(ok, one.server.length === 0, message);
      for (const words of one.server) assert.ok(message.includes(words), `"${words}" is not in: ${message}`);
    });
});

describe("what Domicile finds valid the API server stores", () => {
  for (const [what, resources] of Object.entries({ "of any spec": almostGood, "of any block": almostBlocks }))
    test(what, async () => {
      await fc.assert(
        fc.asyncProperty(resources, async (resource) => {
          if (!isValid(resource)) return;
          const manifested = resource as Manifest;
          const { ok, message } = await cluster.admin.create(manifested, { dryRun: true, fieldValidation: "Strict" });
          assert.ok(ok, message);
        }),
        { numRuns: 1_000 },
      );
    });
});

test("what is left out is stored with its default", async () => {
  const zone = await must(cluster.admin.create(zoneWith({}) as Manifest, { dryRun: true }));
  assert.deepEqual(zone["spec"], {
    enforcement: "Enforce",
    nodes: {
      provider: "OCI",
      realm: "oc1",
      regions: ["us-ashburn-1"],
      minimumTrust: "ProviderID",
      exclusivity: "Shared",
    },
    namespaces: [],
    schedulers: ["system:kube-scheduler"],
    egress: {
      withinZone: "Allow",
      dns: { nodeLocalAddresses: ["169.254.20.10"] },
      apiServer: "Deny",
      clusters: [],
      networks: [],
    },
    ingress: { isolation: "Isolated", from: [] },
    exposure: [],
    templates: "Pin",
    drift: { action: "Report", maxPerMinute: 10, maxUnavailable: 1 },
  });
});

test("kubectl get shows the columns that people look for", async () => {
  const zone = zoneWith({}, "columns") as Manifest;
  await must(cluster.admin.create(zone));
  const status = {
    nodes: { verified: 3, rejected: 1, unknown: 0 },
    namespaces: 2,
    pods: { inPlace: 7, outOfPlace: 0 },
    conditions: [
      { type: "Ready", status: "True", reason: "Ready", message: "", lastTransitionTime: "2026-01-01T00:00:00Z" },
    ],
  };
  await must(cluster.admin.patch(zone, { status }, { subresource: "status" }));
  const { stdout } = await cluster.kubectl(["get", "rz", "columns"]);
  const [header = "", row = ""] = stdout.split("\n");
  await must(cluster.admin.delete(zone));
  assert.deepEqual(header.split(/ {2,}/), [
    "NAME",
    "ENFORCEMENT",
    "VERIFIED",
    "REJECTED",
    "NAMESPACES",
    "IN PLACE",
    "OUT OF PLACE",
    "READY",
    "AGE",
  ]);
  assert.deepEqual(row.split(/ {2,}/).slice(0, 8), ["columns", "Enforce", "3", "1", "2", "7", "0", "True"]);
});

test("kubectl explain reads like documentation, and says that a providerID is a claim", async () => {
  const text = await explained("rz.spec.nodes");
  for (const words of [
    "Where the zone's data may live",
    "the providerID is the node's claim, not proof of where it is",
    "Example: {provider: OCI, regions: [us-ashburn-1, us-phoenix-1]}",
    "Default: oc1.",
    "Default: ProviderID.",
    "enum: Label, ProviderID, Attested",
    "1 to 64, by identifier",
  ])
    assert.ok(text.includes(words), `"${words}" is not in:\n${text}`);
});

/** The API server publishes the schema of a new CRD some moments after it is established, and nothing can be watched. */
const explained = async (field: string): Promise<string> => {
  for (let attempt = 0; attempt < 100; attempt++) {
    const { code, stdout } = await cluster.kubectl(["explain", field]);
    if (code === 0) return stdout.replaceAll(/\s+/g, " ");
  }
  throw new Error(`kubectl explain ${field} gave nothing in 100 attempts`);
};

const manifest = ({ resource }: Case): Manifest => resource as Manifest;

const isValid = (resource: Json): boolean =>
  (resource["kind"] === "ResidencyZone" ? parseZone(resource) : parseCluster(resource)).ok;
