import assert from "node:assert/strict";
import { test } from "node:test";
import { moveNamespace, type Move } from "../../../src/placement/membership.ts";
import type { Lists } from "../../../src/zone/listed.ts";
import { namespace, pod, world, zone, zoneRecord } from "../world.ts";

const us = zoneRecord(zone());
const eu = zoneRecord(zone({ name: "eu" }));
const claim = { kind: "claim", namespace: "payments", name: "data" } as const;
const volume = { kind: "volume", namespace: "payments", name: "pv-1" } as const;
const joins = { before: undefined, after: "us" };
const leaves = { before: "us", after: undefined };
const moves = { before: "us", after: "eu" };

type Case = readonly [lists: Lists, move: Omit<Move, "namespace">, gives: RegExp, namespace?: string];
const cases: Readonly<Record<string, Case>> = {
  "a namespace joins a zone that is there": [{}, joins, /^NamespaceJoins$/],
  "P15 an empty namespace leaves": [{}, leaves, /^NamespaceLeaves$/],
  "P15 an empty namespace moves": [{}, moves, /^NamespaceJoins$/],
  "P12 a namespace joins with pods and claims in it": [
    { pods: [pod({ node: "abroad", selects: [] })], storage: [claim, volume] },
    joins,
    /^NamespaceJoins$/,
  ],
  "P15 a namespace with a pod does not leave": [
    { pods: [pod({ node: "a" })] },
    leaves,
    /^mode zone us: namespace payments holds 1 pod \(api-0\)\. .*\(NamespaceHoldsData\)$/,
  ],
  "P15 a namespace with a pod that waits does not move": [{ pods: [pod()] }, moves, /^mode zone us: .*1 pod /],
  "P15 a pod that ended holds nothing": [{ pods: [pod({ ended: true })] }, leaves, /^NamespaceLeaves$/],
  "P15 a namespace with a claim does not leave": [{ storage: [claim] }, leaves, /^mode .* holds 1 claim \(data\)\. /],
  "P15 a namespace whose claim is gone and whose volume is not does not leave": [
    { storage: [volume] },
    leaves,
    /^mode .* holds 1 volume \(pv-1\)\. /,
  ],
  "P15 what lies in another namespace holds up nobody": [
    { storage: [{ ...claim, namespace: "shop" }], pods: [pod({ namespace: "shop" })] },
    leaves,
    /^NamespaceLeaves$/,
  ],
  "P15 a namespace of a zone that is gone does not leave either while it holds a pod": [
    { zones: [eu], pods: [pod()] },
    leaves,
    /^mode zone us: .*NamespaceHoldsData/,
  ],
  "a refusal names three of many": [
    { pods: ["d", "b", "a", "c"].map((name) => pod({ name })) },
    leaves,
    /holds 4 pods \(a, b, c, …\)\. /,
  ],
  "a label that names no zone is refused, with what to do": [
    {},
    { before: undefined, after: "ghost" },
    /^always zone ghost: namespace payments is labelled domicile\.dev\/zone=ghost\. .*Create the ResidencyZone, or correct.*try again\. \(ZoneNotFound\)$/,
  ],
  "O4 Kubernetes' namespaces never join": [{}, joins, /^always .*\(SystemNamespace\)$/, "kube-flannel"],
  "O4 Domicile's own namespace never joins": [{}, joins, /^always .*\(SystemNamespace\)$/, "domicile-system"],
  "O4 a namespace that never joins may lose a label that it has": [{}, leaves, /^NamespaceLeaves$/, "kube-system"],
  "P15 a namespace that its zone names does not leave": [
    { zones: [{ ...us, namespaces: ["payments"] }] },
    leaves,
    /^always zone us: namespace payments is named by zone us and has no label domicile\.dev\/zone\. .*\(NamespaceBelongs\)$/,
  ],
  "P15 a namespace that another zone names does not join": [
    { zones: [us, { ...eu, namespaces: ["payments"] }] },
    joins,
    /^always zone eu: namespace payments is named by zone eu and is labelled domicile\.dev\/zone=us\. /,
  ],
  "P15 a namespace joins the zone that names it": [
    { zones: [{ ...us, namespaces: ["payments"] }] },
    joins,
    /^NamespaceJoins$/,
  ],
  "P15 a namespace that two zones name joins neither": [
    { zones: [us, eu].map((record) => ({ ...record, namespaces: ["payments"] })) },
    joins,
    /^always zone eu: namespace payments is named by zones eu, us\. .*\(NamespaceNamedTwice\)$/,
  ],
};

for (const [sentence, [lists, move, gives, name = "payments"]] of Object.entries(cases))
  test(sentence, () => {
    const known = world({ zones: [us, eu], namespaces: [namespace(name)], ...lists });
    const membership = moveNamespace(known, { namespace: name, ...move });
    const found =
      membership.kind === "allowed"
        ? membership.reason
        : `${membership.always ? "always" : "mode"} ${membership.message}`;
    assert.match(found, gives);
  });
