import { policyKinds } from "../api/policy-kinds.ts";
import { routeKinds } from "../api/route-kinds.ts";
import { field, items, text } from "./json.ts";
import { metadataOf } from "./metadata.ts";

/** What is kept of a CustomResourceDefinition: which versions of a kind that is judged are served. */
export type Definition = { readonly name: string; readonly versions: readonly string[] };

const names = new Set([...policyKinds, ...routeKinds].map(({ plural, group }) => `${plural}.${group}`));

/** Undefined for every other kind, and for one whose names the API server has not accepted yet. */
export const projectDefinition = (raw: unknown): Definition | undefined => {
  const { name } = metadataOf(raw) ?? {};
  if (name === undefined || !names.has(name)) return undefined;
  const established = items(field(field(raw, "status"), "conditions")).some(
    (condition) => field(condition, "type") === "Established" && field(condition, "status") === "True",
  );
  if (!established) return undefined;
  const served = items(field(field(raw, "spec"), "versions")).filter((version) => field(version, "served") === true);
  return { name, versions: served.flatMap((version) => text(field(version, "name")) ?? []) };
};
