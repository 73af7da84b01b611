import { regionOf } from "./regions.ts";
import type { Region } from "./regions.ts";

/**
 * An Oracle Cloud identifier. `region` is undefined where the OCID leaves it blank, which is no evidence of anything.
 * Two OCIDs name one thing when their `unique` is the same, whatever spelling of the region they carry.
 */
export type Ocid = {
  readonly type: string;
  readonly realm: string;
  readonly region: Region | undefined;
  readonly unique: string;
};

/** Why a text is no OCID that can be believed: its shape, a region nobody knows, or a region of another realm. */
export type OcidFault = "shape" | "unknown-region" | "foreign-realm";

/** An OCID, or what is wrong with the text, in a sentence. */
export type ParsedOcid =
  | { readonly ok: true; readonly ocid: Ocid }
  | { readonly ok: false; readonly fault: OcidFault; readonly problem: string };

/** Oracle states 255 characters as the most an OCID may have. */
const longest = 255;

/** Lower case only: a second spelling of the same identifier would let one machine pass for two. */
const segment = /^[a-z0-9_-]+$/;

/** Reads `ocid1.<type>.<realm>.[region][.future].<unique>`; never throws, and no problem repeats hostile text. */
export function parseOcid(text: string): ParsedOcid {
  if (text.length > longest) return shape(`an OCID has at most ${longest} characters`);
  const [version, type = "", realm = "", spelling = "", ...rest] = text.split(".");
  if (version !== "ocid1") return shape("an OCID starts with ocid1.");
  if (rest.length < 1 || rest.length > 2) return shape("an OCID is ocid1.<type>.<realm>.[region][.future].<unique>");
  if (![type, realm, ...rest].every((part) => segment.test(part)) || !/^[a-z0-9_-]*$/.test(spelling))
    return shape("the parts of an OCID are lower-case letters, digits, - and _, and only the region may be empty");
  if (!/^oc[1-9]\d{0,3}$/.test(realm)) return shape("the realm of an OCID is oc followed by a number");
  const unique = rest.at(-1) ?? "";
  if (spelling === "") return { ok: true, ocid: { type, realm, region: undefined, unique } };
  const region = regionOf(spelling);
  if (region === undefined)
    return { ok: false, fault: "unknown-region", problem: `"${spelling}" is not a region that Oracle's SDK knows` };
  if (region.realm !== realm)
    return {
      ok: false,
      fault: "foreign-realm",
      problem: `region ${region.identifier} belongs to realm ${region.realm}, and the OCID says ${realm}`,
    };
  return { ok: true, ocid: { type, realm, region, unique } };
}

const shape = (problem: string): ParsedOcid => ({ ok: false, fault: "shape", problem });
