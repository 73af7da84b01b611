import type { Meaning } from "../api/rule.ts";
import { parseAddress } from "../cidr/address.ts";
import { blockOf, parseCidr } from "../cidr/block.ts";
import { specialIn } from "../cidr/special.ts";
import { parseSelector } from "../labels/selector.ts";
import { didYouMean } from "../oci/did-you-mean.ts";
import { isRealm, regionByIdentifier } from "../oci/regions.ts";
import { fields, text } from "./json.ts";
import type { Problem } from "./problem.ts";

type Judge = (value: unknown, path: string) => readonly Problem[];

/** What each meaning asks of a value whose type was found right already. */
export const meanings: Readonly<Record<Meaning, Judge>> = {
  region: (value, path) => {
    const name = text(value) ?? "";
    if (regionByIdentifier(name) !== undefined) return [];
    const meant = didYouMean(name);
    const hint = meant === undefined ? ": identifiers look like us-ashburn-1" : `: did you mean ${meant}?`;
    return [{ path, message: `${shown(name)} is not the identifier of a region that Domicile knows${hint}` }];
  },

  realm: (value, path) =>
    isRealm(text(value) ?? "") ? [] : [{ path, message: `${shown(value)} is not a realm that Domicile knows` }],

  cidr: (value, path) => {
    const parsed = parseCidr(text(value) ?? "");
    if (!parsed.ok) return [{ path, message: parsed.problem }];
    if (parsed.block.prefix === 0)
      return [{ path, message: `${text(value)} is the whole Internet, which no zone can approve` }];
    const special = specialIn(parsed.block);
    return special === undefined
      ? []
      : [{ path, message: `${text(value)} overlaps ${special.cidr}: ${special.name}; no zone can approve that` }];
  },

  nodeLocalAddress: (value, path) => {
    const parsed = parseAddress(text(value) ?? "");
    if (!parsed.ok) return [{ path, message: parsed.problem }];
    if (value === instanceMetadata)
      return [{ path, message: `${instanceMetadata} is instance metadata, which hands out credentials` }];
    const special = specialIn(blockOf(parsed.address));
    return special === undefined || linkLocal.has(special.cidr)
      ? []
      : [{ path, message: `${text(value)} is ${special.name}: a DNS cache on a node has an address of its own` }];
  },

  labelSelector: (value, path) => {
    const parsed = parseSelector(fields(value) ?? {});
    return parsed.ok
      ? []
      : parsed.problems.map((problem) => ({ path: `${path}.${problem.path}`, message: problem.problem }));
  },
};

/** The same address at Oracle and at every other large provider. */
const instanceMetadata = "169.254.169.254";

const linkLocal: ReadonlySet<string> = new Set(["169.254.0.0/16", "fe80::/10"]);

/** A value as a message may repeat it: short, printable, in quotes. */
export const shown = (value: unknown): string => {
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value !== "string") return value === undefined ? "nothing" : "an object";
  return JSON.stringify(value.length > 64 ? `${value.slice(0, 61)}...` : value).replaceAll(/[^ -~]/g, "?");
};
