import type { Owner } from "./registered.ts";
import type { EntrySettings } from "./webhook-entry.ts";
import type { ZoneModes } from "./zone-modes.ts";

/** What both configurations are compiled from. */
export type Registration = EntrySettings & {
  readonly zones: ZoneModes;
  /** Namespaces that zones name in spec.namespaces, in order. */
  readonly named: readonly string[];
  /** Paths; entries of sealed namespaces append their zone, so that we know what the API server saw. */
  readonly paths: {
    readonly mutatePods: string;
    readonly validatePods: string;
    readonly warnPods: string;
    readonly bindPods: string;
    readonly warnBindings: string;
    readonly mutateNamespaces: string;
    readonly validateNamespaces: string;
    readonly refuseJoin: string;
    readonly refuseLeave: string;
    readonly mutateTemplates: string;
    readonly validatePolicies: string;
    readonly warnPolicies: string;
    readonly mutateServices: string;
    readonly validateExposure: string;
    readonly warnExposure: string;
    readonly validateClusterPolicies: string;
    readonly validateApprovals: string;
  };
  /** The user that is Domicile's own service account. */
  readonly user: string;
  /** Whether the API server has the native policy that says of pods what a webhook that validates them would. */
  readonly judgedNatively: boolean;
  readonly owner: Owner;
};
