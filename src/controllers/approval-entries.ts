import { group, version } from "../api/names.ts";
import type { ResourceRule } from "../native/policy.ts";
import { changesSpec } from "../native/zone-requests.ts";
import type { Registration } from "./webhook-input.ts";
import { entryOf, type WebhookEntry } from "./webhook-entry.ts";

const rules: readonly ResourceRule[] = [
  {
    apiGroups: [group],
    apiVersions: [version],
    resources: ["residencyzones", "remoteclusters"],
    operations: ["CREATE", "UPDATE"],
    scope: "Cluster",
  },
];

/**
 * The entry for zones and clusters that are written. It fails open: what overlaps is never compiled, whether it was
 * refused or only shows in the zone's status, and with Domicile away a zone must still be mended. Neither is in a
 * namespace, so the names of those that are exempt would only take room.
 */
export const approvalEntries = (registration: Registration): readonly WebhookEntry[] => {
  const entry = entryOf(registration, rules, "Ignore");
  return [
    {
      ...entry("approvals.domicile.dev", registration.paths.validateApprovals, [], [changesSpec]),
      namespaceSelector: {},
    },
  ];
};
