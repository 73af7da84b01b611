import { createHash } from "node:crypto";

/**
 * A digest of what Domicile owns of an object that it registers, in hexadecimal, the same in whatever order fields are
 * stored. It stands beside what it is of: where the two disagree, somebody else wrote, whichever replica led before.
 */
export const digestOf = (content: unknown, ownerReferences: unknown): string =>
  createHash("sha256")
    .update(JSON.stringify([content, ownerReferences], sorted))
    .digest("hex");

/** The same of what the chart makes: without the user it was rendered for, for a chart cannot compute digests. */
export const chartDigestOf = (content: unknown, user: string): string =>
  digestOf(JSON.parse(JSON.stringify(content ?? null).replaceAll(user, "")), []);

const sorted = (_key: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;
