import { namespaceNameLabel, zoneLabel } from "../api/names.ts";
import { changesZone, joinsUngranted, leavesUngranted, namespaceRules } from "../native/namespace-labels.ts";
import type { MatchCondition, ResourceRule } from "../native/policy.ts";
import type { Registration } from "./webhook-input.ts";
import { entryOf, exists, is, type WebhookEntry } from "./webhook-entry.ts";

const made: readonly ResourceRule[] = [
  { apiGroups: [""], apiVersions: ["v1"], resources: ["namespaces"], operations: ["CREATE"], scope: "Cluster" },
];

/**
 * The entry for new namespaces that zones name: no other namespace's creation is a call. By the label of the name, which
 * nobody can forge, for thousands of names are more than one CEL expression holds.
 */
export const namedEntries = (registration: Registration): readonly WebhookEntry[] => {
  const { named, paths } = registration;
  if (named.length === 0) return [];
  const entry = entryOf(registration, made, "Fail");
  return [entry("named.namespaces.domicile.dev", paths.mutateNamespaces, [is(namespaceNameLabel, ...named)], [])];
};

/**
 * The entries for namespaces whose zone label changes. The object's selector sees old and new labels, the namespace's only
 * the new. Whether somebody may is asked in the condition, where the API server's authorizer is: no call of ours.
 */
export const movedEntries = (registration: Registration): readonly WebhookEntry[] => {
  const { validateNamespaces, refuseJoin, refuseLeave } = registration.paths;
  const entry = (name: string, path: string, condition: MatchCondition): WebhookEntry => ({
    ...entryOf(registration, namespaceRules, "Fail")(name, path, [], [condition]),
    objectSelector: { matchExpressions: [exists(zoneLabel)] },
  });
  return [
    entry("use.namespaces.domicile.dev", refuseJoin, joinsUngranted),
    entry("declassify.namespaces.domicile.dev", refuseLeave, leavesUngranted),
    // A zone in Audit tells by an event of what it did not refuse, unless the request is a dry run.
    { ...entry("moved.namespaces.domicile.dev", validateNamespaces, changesZone), sideEffects: "NoneOnDryRun" },
  ];
};
