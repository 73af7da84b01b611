import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { validateApprovals } from "../../../src/admission/approvals.ts";
import type { Review } from "../../../src/admission/review.ts";
import { projectCluster } from "../../../src/zone/cluster-record.ts";
import { fields, text } from "../../../src/zone/json.ts";
import type { Lists } from "../../../src/zone/listed.ts";
import { projectZone } from "../../../src/zone/zone-record.ts";
import { clusterWith, network, zoneWith } from "../../resources/case.ts";
import { world } from "../world.ts";

const cluster = (name: string, ...cidrs: readonly string[]) =>
  clusterWith({ networks: [network({ name: "gateway", cidrs })] }, name);
const zone = (egress: object, enforcement = "Enforce") => zoneWith({ enforcement, egress }, "us");
const open = (...cidrs: readonly string[]) => zone({ networks: [network({ cidrs })] });
const approving = (enforcement?: string) => zone({ clusters: [{ name: "us-analytics" }] }, enforcement);

const stored = (raw: object) => ({ ...raw, metadata: { ...field(raw, "metadata"), uid: "u" } });
const field = (raw: object, name: string): object => fields(fields(raw)?.[name]) ?? {};
const kept = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error("what has a uid is kept");
  return value;
};

const analytics = cluster("us-analytics", "198.51.100.0/24");
const foreign = cluster("eu-ads", "203.0.113.0/25");
const ownNetworks = [{ called: "services (ServiceCIDR kubernetes)", cidr: "10.0.0.0/24" }];
const around = (...zones: readonly object[]): Lists => ({
  zones: zones.map((raw) => kept(projectZone(stored(raw)))),
  clusters: [analytics, foreign].map((raw) => kept(projectCluster(stored(raw)))),
  ownNetworks,
});

type Write = {
  readonly kind: "ResidencyZone" | "RemoteCluster";
  readonly object: object;
  readonly old?: object;
  readonly zones?: readonly object[];
};

const decide = ({ kind, object, old, zones = [] }: Write) => {
  const name = text(fields(field(object, "metadata"))?.["name"]) ?? "";
  const review: Review = {
    uid: "u",
    operation: old === undefined ? "CREATE" : "UPDATE",
    kind: { group: "domicile.dev", version: "v1alpha1", kind },
    subresource: "",
    namespace: "",
    dryRun: false,
    name,
    user: { name: "somebody", groups: [] },
    object: object as Review["object"],
    oldObject: old as Review["oldObject"],
  };
  return validateApprovals(world(around(...zones)), review).outcome;
};

const swallowing =
  "network partner overlaps network gateway of RemoteCluster eu-ads, which the zone does not approve, in";
const refused: Readonly<Record<string, Write & { readonly says: string }>> = {
  "a zone that opens a cluster which it does not approve": {
    kind: "ResidencyZone",
    object: open("203.0.113.0/24"),
    says: `${swallowing} 203.0.113.0/25`,
  },
  "a zone that opens this cluster's services": {
    kind: "ResidencyZone",
    object: open("10.0.0.0/16"),
    says: "network partner overlaps this cluster's own services (ServiceCIDR kubernetes) in 10.0.0.0/24",
  },
  "a zone that overlaps already, and more now": {
    kind: "ResidencyZone",
    object: open("203.0.113.0/24"),
    old: open("203.0.113.0/26"),
    says: `${swallowing} 203.0.113.0/25`,
  },
  "a cluster that a zone approves, and that grows over one which it does not": {
    kind: "RemoteCluster",
    object: cluster("us-analytics", "198.51.100.0/24", "203.0.113.64/26"),
    old: analytics,
    zones: [approving()],
    says: "network gateway of RemoteCluster us-analytics overlaps network gateway of RemoteCluster eu-ads, which the zone does not approve, in 203.0.113.64/26",
  },
  "a cluster that a zone approves, and that grows over this cluster's services": {
    kind: "RemoteCluster",
    object: cluster("us-analytics", "10.0.0.0/8"),
    old: analytics,
    zones: [approving()],
    says: "network gateway of RemoteCluster us-analytics overlaps this cluster's own services (ServiceCIDR kubernetes) in 10.0.0.0/24",
  },
  "a cluster that two zones approve, of which one enforces": {
    kind: "RemoteCluster",
    object: cluster("us-analytics", "10.0.0.0/8"),
    old: analytics,
    zones: [zoneWith({ enforcement: "Warn", egress: { clusters: [{ name: "us-analytics" }] } }, "eu"), approving()],
    says: "zone us",
  },
};

describe("E6 refused, with both names, is", () => {
  for (const [sentence, { says, ...write }] of Object.entries(refused))
    test(sentence, () => {
      const outcome = decide(write);
      assert.ok(outcome.kind === "denied" && outcome.code === 403, JSON.stringify(outcome));
      assert.ok(outcome.message.includes(says), outcome.message);
    });
});

const warned: Readonly<Record<string, Write & { readonly says: string }>> = {
  "a zone that only warns": {
    kind: "ResidencyZone",
    object: zone({ networks: [network({ cidrs: ["10.0.0.0/16"] })] }, "Warn"),
    says: "this cluster's own services",
  },
  "a cluster that no zone approves, over one that a zone does": {
    kind: "RemoteCluster",
    object: cluster("eu-copy", "198.51.100.64/26"),
    zones: [approving()],
    says: "network gateway of RemoteCluster us-analytics overlaps network gateway of RemoteCluster eu-copy, which the zone does not approve, in 198.51.100.64/26",
  },
};

describe("E6 let in with a warning is", () => {
  for (const [sentence, { says, ...write }] of Object.entries(warned))
    test(sentence, () => {
      const outcome = decide(write);
      assert.ok(outcome.kind === "allowed" && outcome.warnings.length === 1, JSON.stringify(outcome));
      assert.ok(outcome.warnings.join().includes(says), outcome.warnings.join());
    });
});

const passed: Readonly<Record<string, Write>> = {
  "a zone that overlaps nothing": { kind: "ResidencyZone", object: open("192.0.2.0/24") },
  "a zone that approves what it overlaps": {
    kind: "ResidencyZone",
    object: zone({ clusters: [{ name: "eu-ads" }], networks: [network({ cidrs: ["203.0.113.0/24"] })] }),
  },
  "a zone that overlapped before, and is changed elsewhere": {
    kind: "ResidencyZone",
    object: zone({ withinZone: "Deny", networks: [network({ cidrs: ["203.0.113.0/24"] })] }),
    old: open("203.0.113.0/24"),
  },
  "a zone that is not valid, which its status says": { kind: "ResidencyZone", object: open("10.0.0.1/8") },
  "a zone in Audit, whose status says it": {
    kind: "ResidencyZone",
    object: zone({ networks: [network({ cidrs: ["10.0.0.0/16"] })] }, "Audit"),
  },
  "a cluster that nobody approves, over this cluster's services": {
    kind: "RemoteCluster",
    object: cluster("here", "10.0.0.0/8"),
    zones: [approving()],
  },
  "a cluster that a zone approves, and that shrinks": {
    kind: "RemoteCluster",
    object: cluster("us-analytics", "198.51.100.0/25"),
    old: analytics,
    zones: [approving()],
  },
};

describe("E6 let in without a word is", () => {
  for (const [sentence, write] of Object.entries(passed))
    test(sentence, () => assert.deepEqual(decide(write), { kind: "allowed", warnings: [] }));
});
