import { Type, type Static } from "typebox";
import { rule } from "./rule.ts";
import { nameText } from "./texts.ts";

/** What of a Service leads out of its zone, or into it. */
export const serviceExposures = ["ExternalName", "ExternalIPs", "WithoutSelector", "LoadBalancer", "NodePort"] as const;

/** Kinds that lead out of a zone or into it besides NetworkPolicies. An EndpointSlice stands for Endpoints too. */
export const exposingKinds = [
  "Service",
  "EndpointSlice",
  "Ingress",
  "Gateway",
  "HTTPRoute",
  "GRPCRoute",
  "TCPRoute",
  "TLSRoute",
  "UDPRoute",
  "ReferenceGrant",
  "ServiceExport",
] as const;

const exposed = Type.Object(
  {
    kind: Type.Enum([...exposingKinds], {
      description:
        "The kind of object. EndpointSlice means endpoints at addresses that are neither the zone's pods' nor in spec.egress, Endpoints of the older API included. ReferenceGrant means one that lets namespaces outside the zone refer to it.",
    }),
    type: Type.Optional(
      Type.Enum([...serviceExposures], {
        description:
          "What of a Service is meant; needed with kind Service, and with no other. One that is two of them needs two entries. ExternalName: a name outside stands for it. ExternalIPs: it answers at addresses of spec.externalIPs. WithoutSelector: somebody else than Kubernetes says what is behind it. LoadBalancer and NodePort: its type.",
      }),
    ),
    namespaces: Type.Array(nameText("A namespace's name. Example: payments."), {
      description: "Namespaces of the zone where such objects may be, 1 to 16.",
      minItems: 1,
      maxItems: 16,
      "x-kubernetes-list-type": "set",
    }),
    names: Type.Array(Type.String({ description: "An object's name. Example: api.", minLength: 1, maxLength: 253 }), {
      description: "Names of the objects, 1 to 16; of an EndpointSlice that of its Service.",
      minItems: 1,
      maxItems: 16,
      "x-kubernetes-list-type": "set",
    }),
  },
  {
    description: "Objects of one kind that may be in the zone, by namespace and name.",
    rules: [
      rule<{ kind: string; type?: unknown }>({
        cel: "(self.kind == 'Service') == has(self.type)",
        says: "must say which type with kind Service, and with no other kind",
        at: ".type",
        holds: ({ kind, type }) => (kind === "Service") === (type !== undefined),
      }),
    ],
  },
);

/** An entry as the API server stores it. */
export type ExposedSpec = Static<typeof exposed>;

/** spec.exposure of a ResidencyZone. */
export const zoneExposure = Type.Array(exposed, {
  description:
    "What lets others in besides spec.ingress, or leads pods out besides spec.egress, and is meant to, at most 64 entries: Services at addresses outside, balancers, node ports, Ingresses, routes and exports to other clusters. In a zone that enforces such an object is refused unless it is listed here by kind, namespace and name. NetworkPolicies hold all the same: a balancer that is listed reaches the zone's pods only from what spec.ingress allows. The nodes of a listed LoadBalancer are those verified for the zone, by the annotation node-label-selector of Oracle's balancers, which Domicile sets. Default: none. Example: [{kind: Service, type: LoadBalancer, namespaces: [payments], names: [gateway]}].",
  maxItems: 64,
  "x-kubernetes-list-type": "atomic",
  default: [],
});
