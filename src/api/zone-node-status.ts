import { Type } from "typebox";
import { count } from "./status.ts";

/** How many nodes a zone's status names. */
export const notVerifiedMax = 20;

const notVerified = Type.Object(
  {
    name: Type.String({ description: "The node's name.", maxLength: 253 }),
    uid: Type.String({
      description: "The node's UID: a node that comes back under the name is another.",
      maxLength: 63,
    }),
    verdict: Type.Enum(["Rejected", "Unknown"], {
      description: "Rejected: something speaks against the node. Unknown: too little is said of it.",
    }),
    reason: Type.String({
      description: "Why, as one word of the list in docs/reasons.md.",
      maxLength: 63,
      pattern: "^[A-Z][A-Za-z]*$",
    }),
    since: Type.String({
      description: "Since when it has been not verified for this reason, as RFC 3339.",
      format: "date-time",
    }),
  },
  { description: "A node on which the zone's pods may not run." },
);

/** status.nodes of a ResidencyZone. */
export const zoneNodeStatus = Type.Object(
  {
    verified: count("Nodes on which the zone's pods may run."),
    rejected: count("Nodes that say something against being in the zone."),
    unknown: count("Nodes that say too little to be judged, such as nodes without a providerID yet."),
    notVerified: Type.Optional(
      Type.Array(notVerified, {
        description: `Nodes that are rejected or unknown, up to ${notVerifiedMax} by name; those that are plainly in another region come last. The counts beside this list say how many there are.`,
        maxItems: notVerifiedMax,
        "x-kubernetes-list-type": "atomic",
      }),
    ),
  },
  { description: "How the cluster's nodes were judged for this zone." },
);
