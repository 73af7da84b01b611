import { policyKinds } from "../api/policy-kinds.ts";
import { differs } from "../native/cel.ts";
import { notDomicile, type MatchCondition, type ResourceRule } from "../native/policy.ts";
import { neverSealed } from "../zone/exempt.ts";
import { entryOf, type WebhookEntry } from "./webhook-entry.ts";
import type { Registration } from "./webhook-input.ts";

/**
 * The entry for policies of kinds without namespaces. It names kinds that nobody serves too, which costs nothing: so it
 * stands before a kind comes. No selector tells whose business such a policy is, so it fails open: with every replica gone
 * nobody could write a policy for a part of the cluster that is in no zone. What passes then is listed, and told of.
 */
export const clusterPolicyEntry = (registration: Registration): WebhookEntry => {
  const { service, paths, user } = registration;
  // Namespaces are not asked about, so the list of those that are exempt would only fill what etcd takes.
  const settings = { ...registration, exempt: neverSealed(service.namespace) };
  const entry = entryOf(settings, rulesOf("Cluster"), "Ignore");
  const conditions = [notDomicile(user), changesWhatIsJudged];
  return {
    ...entry("cluster.policies.domicile.dev", paths.validateClusterPolicies, [], conditions),
    sideEffects: "NoneOnDryRun",
  };
};

/** Each group and version of other kinds than NetworkPolicy, with its resources of this scope. */
export const rulesOf = (scope: ResourceRule["scope"]): readonly ResourceRule[] =>
  [
    ...Map.groupBy(
      policyKinds.filter(({ namespaced }) => namespaced === (scope === "Namespaced")),
      ({ group, version }) => `${group}/${version}`,
    ).values(),
  ].flatMap((kinds) => {
    const [first] = kinds;
    return first === undefined
      ? []
      : {
          apiGroups: [first.group],
          apiVersions: [first.version],
          resources: kinds.map(({ plural }) => plural),
          operations: ["CREATE", "UPDATE"] as const,
          scope,
        };
  });

/**
 * False for what leaves all that decides as it was: whoever labels an old policy, or takes its finalizer, opens nothing. Of
 * a set labels decide, which Calico's API server keeps in an annotation. It must not fail where a field is not there: an
 * entry that fails open would not be asked.
 */
export const changesWhatIsJudged: MatchCondition = {
  name: "changes-what-is-judged",
  expression: [
    "request.operation == 'CREATE'",
    differs("spec"),
    differs("specs"),
    `request.kind.kind == 'GlobalNetworkSet' && (${differs("metadata.labels")} || ${differs("metadata.annotations")})`,
  ]
    .map((part) => `(${part})`)
    .join(" || "),
};
