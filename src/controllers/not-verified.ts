import type { Reason } from "../api/reasons.ts";
import { notVerifiedMax } from "../api/zone-node-status.ts";
import { field, items, text } from "../zone/json.ts";

/** A node that is not verified for a zone, and why. */
export type NotVerified = {
  readonly name: string;
  readonly uid: string;
  readonly verdict: "Rejected" | "Unknown";
  readonly reason: Reason;
};

/** The same as a zone's status shows it; `since` is RFC 3339. */
export type StoredNotVerified = NotVerified & { readonly since: string };

/** Reasons of nodes that are plainly elsewhere, which is nothing to warn of: most nodes are in some other zone. */
export const elsewhere: ReadonlySet<Reason> = new Set(["RegionOutsideZone", "RealmOutsideZone"]);

/** As many as a status holds, by name; those that are plainly elsewhere come last, for nobody looks for them. */
export const foremost = (nodes: readonly NotVerified[]): readonly NotVerified[] => {
  const byName = nodes.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const [away, near] = [true, false].map((is) => byName.filter(({ reason }) => elsewhere.has(reason) === is));
  return [...(near ?? []), ...(away ?? [])].slice(0, notVerifiedMax);
};

/** The list to store: the time moves only where a node, its verdict or its reason is another than in the status before. */
export const storedNotVerified = (
  status: unknown,
  found: readonly NotVerified[],
  now: Date,
): readonly StoredNotVerified[] => {
  const before = items(field(field(status, "nodes"), "notVerified"));
  return found.map((node) => {
    const { name, uid, verdict, reason } = node;
    const old = before.find((one) => field(one, "name") === name && field(one, "uid") === uid);
    const same = field(old, "verdict") === verdict && field(old, "reason") === reason;
    return { ...node, since: (same && text(field(old, "since"))) || now.toISOString().replace(/\.\d+Z$/, "Z") };
  });
};
