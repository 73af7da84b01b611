import { createHash } from "node:crypto";

/**
 * A digest of what Domicile owns of an object that it registers, in hexadecimal, the same in whatever order fields are
 * stored. It stands beside what it is of: where the two disagree, somebody else wrote, whichever replica led before.
 */
export const digestOf = (content: unknown, ownerReferences: unknown): string =>
  createHash("sha256")
    .update(JSON.stringify([content, ownerReferences], sorted))
    .digest("hex");

const sorted = (_key: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;
