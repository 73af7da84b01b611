import { Type } from "typebox";
import type { Definition } from "./definition.ts";
import { conditionList, count } from "./status.ts";
import { metadata, ownNameRule } from "./texts.ts";
import { zoneDrift } from "./zone-drift.ts";
import { zoneEgress } from "./zone-egress.ts";
import { zoneExposure } from "./zone-exposure.ts";
import { zoneIngress } from "./zone-ingress.ts";
import { zoneNamespaces } from "./zone-namespaces.ts";
import { zoneNodeStatus } from "./zone-node-status.ts";
import { zoneNodes } from "./zone-nodes.ts";
import { zoneSchedulers } from "./zone-schedulers.ts";

const spec = Type.Object(
  {
    enforcement: Type.Enum(["Enforce", "Warn", "Audit"], {
      description:
        "What Domicile does with the zone. Enforce: pods are pinned to verified nodes or refused, and NetworkPolicies are written. Warn: nothing is changed, refused or written; nodes are judged and labelled, and users see warnings. Audit: as Warn, seen only in status, events and metrics. For about a second after a zone is made with Warn or Audit, or set to it, its pods may still be refused: API servers heed that late which zones do not enforce, and take one they have not heard of for one that does, so that a zone that enforces is never open for that second. There is no default: nobody enforces, or fails to, unawares.",
    }),
    nodes: zoneNodes,
    schedulers: zoneSchedulers,
    templates: Type.Enum(["Pin", "Warn"], {
      description:
        "What is done about pod templates that do not hold their pods to the zone, where the zone enforces. Pin: the zone's selector is added to the template of whatever is created, or changed in its template, so that its pods need no call and go on being made while Domicile is away. Warn: templates stay as they are written and whoever writes one is warned, for tools that take each added field for a difference; its pods are still pinned or refused when they are made, and those that a DaemonSet makes for nodes outside the zone wait for ever. Default: Pin.",
      default: "Pin",
    }),
    namespaces: zoneNamespaces,
    egress: zoneEgress,
    ingress: zoneIngress,
    exposure: zoneExposure,
    drift: zoneDrift,
  },
  { description: "The zone as it is meant to be." },
);

const status = Type.Object(
  {
    nodes: Type.Optional(zoneNodeStatus),
    namespaces: Type.Optional(count("Namespaces that bear the zone's label.")),
    pods: Type.Optional(
      Type.Object(
        {
          inPlace: count("Pods on nodes verified for the zone."),
          outOfPlace: count("Pods on other nodes; they were there before the zone, or their node was judged anew."),
        },
        { description: "Where the pods of the zone's namespaces run; pods that ended or have no node do not count." },
      ),
    ),
    conditions: Type.Optional(
      conditionList(
        "Accepted: the zone is valid. ResolvedRefs: the clusters it approves are there and usable. NodesVerified: it has nodes. Isolated: its NetworkPolicies stand in every namespace. PoliciesContained: those of others open no more. ExposureContained: nothing else leads in or out that is not listed. Enforced: whether its guards refuse and something on its nodes heeds the policies, as far as is known. PodsInPlace: none of its pods runs elsewhere. Ready: all of these.",
      ),
    ),
  },
  { description: "The zone as Domicile last saw it. Written by Domicile." },
);

const schema = Type.Object(
  { metadata, spec, status: Type.Optional(status) },
  {
    description:
      "A ResidencyZone says where data may live, whom the pods that hold it may talk to, and who may connect to them. A namespace joins by the label domicile.dev/zone=<name of the zone>. From then on its pods run on nodes verified for the zone or not at all, and reach the zone, DNS and what the zone approves, and nothing else.",
    rules: [ownNameRule("it is also the value of the namespace label and the name of the node label")],
  },
);

/** The ResidencyZone. */
export const residencyZone: Definition<typeof schema> = {
  kind: "ResidencyZone",
  plural: "residencyzones",
  singular: "residencyzone",
  shortName: "rz",
  schema,
  columns: [
    { name: "Enforcement", type: "string", jsonPath: ".spec.enforcement", description: "Enforce, Warn or Audit" },
    { name: "Verified", type: "integer", jsonPath: ".status.nodes.verified", description: "Nodes verified" },
    { name: "Rejected", type: "integer", jsonPath: ".status.nodes.rejected", description: "Nodes rejected" },
    { name: "Namespaces", type: "integer", jsonPath: ".status.namespaces", description: "Namespaces in the zone" },
    { name: "In place", type: "integer", jsonPath: ".status.pods.inPlace", description: "Pods on verified nodes" },
    { name: "Out of place", type: "integer", jsonPath: ".status.pods.outOfPlace", description: "Pods elsewhere" },
    {
      name: "Ready",
      type: "string",
      jsonPath: '.status.conditions[?(@.type=="Ready")].status',
      description: "Whether the zone is enforced as written",
    },
    { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
  ],
};
