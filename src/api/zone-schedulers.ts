import { Type } from "typebox";
import { rule } from "./rule.ts";

/** The scheduler of Kubernetes itself, as it names itself to the API server. */
export const defaultSchedulers: readonly string[] = ["system:kube-scheduler"];

// A service account's name is the longest there is: 22 characters, a namespace of 63, a colon and a name of 253.
const scheduler = Type.String({
  description: "A user's name. Example: system:serviceaccount:batch:batch-scheduler.",
  maxLength: 339,
  rules: [
    rule<string>({
      cel: "self.matches('^[!-~]+$')",
      says: "must be a user's name as the API server knows it: ASCII without spaces, such as system:kube-scheduler or system:serviceaccount:batch:batch-scheduler",
      holds: (text) => /^[!-~]+$/.test(text),
    }),
  ],
});

/** spec.schedulers of a ResidencyZone. */
export const zoneSchedulers = Type.Array(scheduler, {
  description:
    "Users that are trusted to bind the zone's pods to nodes, 1 to 16. Name only schedulers that honour node selectors: a Binding of theirs that carries nothing but its target passes without a look, so that scheduling goes on while Domicile is away. What else they send is judged by the webhook: the node must be verified for the zone, and the Binding's labels and annotations harmless. Native policy, which sees no nodes, refuses every other binder, also while the webhook is away; where native policies are switched off, the webhook judges the others as well, and refuses them while nobody answers. Default: [system:kube-scheduler]. Example: [system:kube-scheduler, system:serviceaccount:batch:batch-scheduler].",
  minItems: 1,
  maxItems: 16,
  "x-kubernetes-list-type": "set",
  default: [...defaultSchedulers],
});
