import { Type } from "typebox";
import { systemNamespacePrefix } from "./names.ts";
import { rule } from "./rule.ts";
import { dnsLabelRule } from "./texts.ts";

const namespaceName = Type.String({
  description: "A namespace's name. Example: payments.",
  maxLength: 63,
  rules: [
    dnsLabelRule,
    rule<string>({
      cel: `!self.startsWith('${systemNamespacePrefix}')`,
      says: `must not begin with ${systemNamespacePrefix}: Kubernetes' own namespaces can never join a zone`,
      holds: (text) => !text.startsWith(systemNamespacePrefix),
    }),
  ],
});

/** spec.namespaces of a ResidencyZone. */
export const zoneNamespaces = Type.Array(namespaceName, {
  description:
    "Namespaces that always belong to this zone, by name, at most 64. When a namespace of such a name is created it gets the label domicile.dev/zone, in every mode; whoever creates it needs the verb use on the zone, and a request that says another zone is refused. One that is in the zone can leave it only after its name was taken out here. A namespace that was there before is not labelled, because its pods would lose their network: ResolvedRefs names it. Two zones that name the same namespace are both not accepted, and it cannot be created until one gives it up. Default: none. Example: [payments, payments-batch].",
  maxItems: 64,
  "x-kubernetes-list-type": "set",
  default: [],
});
