import { zoneLabel } from "../api/names.ts";
import { denial, hole, list } from "./cel.ts";

/** When something is refused, and in which words: CEL expressions. */
export type Fault = { readonly when: string; readonly says: string };

/** The zone of a request's namespace, in a sentence. */
export const zone = hole("variables.zone");

const field = `namespace ${hole("request.namespace")}`;

/** What `namespaceFault()` says of the namespace that pods and Bindings are for, by `variables.zone` and `variables.sealed`. */
export const namespaceFaults = (gone: readonly string[]): readonly Fault[] => [
  {
    when: `variables.zone in ${list(gone)}`,
    says: denial("ZoneNotFound", { zone, field, found: `is labelled ${zoneLabel}=${zone}` }),
  },
  {
    when: "variables.sealed != variables.zone",
    says: denial("NamespaceNotSealed", { zone, field, found: "is not sealed" }),
  },
];
