import { Type } from "typebox";
import type { Definition } from "./definition.ts";
import { networkList } from "./network.ts";
import { conditionList } from "./status.ts";
import { metadata, ownNameRule, regionText } from "./texts.ts";

const schema = Type.Object(
  {
    metadata,
    spec: Type.Object(
      {
        region: regionText(
          "The region where the cluster runs, by identifier (us-phoenix-1, not the key phx). A region that Domicile does not know makes the cluster invalid. Example: us-phoenix-1.",
        ),
        networks: networkList(
          "Where the cluster answers, 1 to 64 networks: its gateways, and what else zones may connect to. Example: [{name: gateway, cidrs: [198.51.100.0/24], ports: [{protocol: TCP, port: 443}]}].",
          1,
        ),
      },
      { description: "The cluster as it is." },
    ),
    status: Type.Optional(
      Type.Object(
        { conditions: Type.Optional(conditionList("Accepted: the cluster is valid, so zones may approve it.")) },
        { description: "The cluster as Domicile last saw it. Written by Domicile." },
      ),
    ),
  },
  {
    description:
      "A RemoteCluster is another cluster: its region and its networks. By itself it opens nothing; a ResidencyZone approves it by naming it in spec.egress.clusters. One that no zone approves is remembered all the same, for what a zone approves may not overlap it.",
    rules: [ownNameRule("zones name it so")],
  },
);

/** The RemoteCluster. */
export const remoteCluster: Definition<typeof schema> = {
  kind: "RemoteCluster",
  plural: "remoteclusters",
  singular: "remotecluster",
  shortName: "rcl",
  schema,
  columns: [
    { name: "Region", type: "string", jsonPath: ".spec.region", description: "Where the cluster runs" },
    {
      name: "Accepted",
      type: "string",
      jsonPath: '.status.conditions[?(@.type=="Accepted")].status',
      description: "Whether the cluster is valid",
    },
    { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
  ],
};
