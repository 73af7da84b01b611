import { Type } from "typebox";
import { rule } from "./rule.ts";
import { regionText } from "./texts.ts";
import { zoneAttestation } from "./zone-attestation.ts";

/** spec.nodes of a ResidencyZone. */
export const zoneNodes = Type.Object(
  {
    provider: Type.Enum(["OCI"], {
      description: "The cloud whose nodes may hold the zone's data. OCI is Oracle Cloud Infrastructure.",
    }),
    realm: Type.String({
      description:
        "The Oracle realm of the regions: oc1 is Oracle's commercial cloud, and every other realm is a cloud of its own. A region that is in another realm is an error. Default: oc1.",
      maxLength: 6,
      default: "oc1",
      meaning: "realm",
      rules: [
        rule<string>({
          cel: "self.matches('^oc[1-9][0-9]{0,3}$')",
          says: "must be an Oracle realm: oc followed by a number, such as oc1",
          holds: (text) => /^oc[1-9][0-9]{0,3}$/.test(text),
        }),
      ],
    }),
    regions: Type.Array(regionText("A region's identifier. Example: us-phoenix-1."), {
      description:
        "The regions where the zone's data may live, 1 to 64, by identifier (us-phoenix-1, not the key phx). A region that Domicile does not know makes the zone invalid, and is never guessed from its prefix: us-ashburn-2 is not in Oracle's commercial cloud. Example: [us-ashburn-1, us-phoenix-1].",
      minItems: 1,
      maxItems: 64,
      "x-kubernetes-list-type": "set",
    }),
    minimumTrust: Type.Enum(["Label", "ProviderID", "Attested"], {
      description:
        "What a node must say of itself before it is believed. ProviderID: its providerID is an Oracle instance in one of the regions, and no location label contradicts it. Label: as ProviderID, but a node without a providerID is judged by its location labels alone. Both are the node's own claim, checked for consistency, and not proof: whoever controls a kubelet when it joins chooses its labels, and its providerID once. Attested: as ProviderID, and a NodeAttestation signed with one of attestation.keys says the same of this very node. Default: ProviderID.",
      default: "ProviderID",
    }),
    attestation: Type.Optional(zoneAttestation),
    exclusivity: Type.Enum(["Shared", "Exclusive"], {
      description:
        "Whether pods outside the zone may run on its nodes. Exclusive: while the zone enforces, verified nodes bear the taint exclusive.domicile.dev/<zone>:NoSchedule, and the zone's pods and templates get the toleration for it when they are created. What runs there already goes on, and so does whatever tolerates every taint, as a cluster's own agents do. Pods that wait unbound since before, and templates from before, lack the toleration: make those pods anew. Of two exclusive zones with nodes in common neither has its pods there. Default: Shared.",
      default: "Shared",
    }),
  },
  {
    rules: [
      rule<{ readonly minimumTrust: string; readonly attestation?: unknown }>({
        cel: "self.minimumTrust != 'Attested' || has(self.attestation)",
        says: "is required when minimumTrust is Attested: name the public keys whose statements about nodes count",
        at: ".attestation",
        holds: ({ minimumTrust, attestation }) => minimumTrust !== "Attested" || attestation !== undefined,
      }),
    ],
    description:
      "Where the zone's data may live: on which nodes its pods may run. A node is verified when everything it says of itself agrees and lies in these regions: its providerID, its region and zone labels, and that no older node claims the same machine. Domicile puts the label domicile.dev.node-restriction.kubernetes.io/<zone>=verified on verified nodes, no kubelet can set that label, and the zone's pods run nowhere else. At trust level ProviderID the providerID is the node's claim, not proof of where it is; at level Attested somebody whom the zone names has signed it. Example: {provider: OCI, regions: [us-ashburn-1, us-phoenix-1]}.",
  },
);
