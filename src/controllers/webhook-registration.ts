import { resources } from "../kube/resources.ts";
import { namedNamespaces } from "../zone/named-namespaces.ts";
import type { World } from "../zone/world.ts";
import type { Seen } from "./registration-facts.ts";
import type { HalfParts } from "./registration.ts";
import { webhookConfigurations } from "./webhook-configurations.ts";
import type { Registration } from "./webhook-input.ts";

/** What the webhook half is compiled from. */
export type WebhookParts = {
  readonly world: World;
  /** The configurations as last seen, whole. */
  readonly live: { readonly mutating: Seen; readonly validating: Seen };
  readonly settings: Omit<
    Registration,
    "zones" | "named" | "exempt" | "judgedNatively" | "user" | "owner" | "caBundle"
  >;
  /** PEM; changes when certificates roll over. */
  readonly caBundle: () => string;
  readonly exempt: () => readonly string[];
  readonly judgedNatively: () => boolean;
  /** The user that is Domicile's own service account. */
  readonly user: string;
  readonly owner: string;
};

/** The two webhook configurations as they should be now. */
export const webhooksWanted =
  ({ world, live, settings, caBundle, exempt, judgedNatively, user, owner }: WebhookParts): HalfParts["compile"] =>
  (uid) => {
    const { mutating, validating } = webhookConfigurations({
      ...settings,
      zones: world.zones,
      named: namedNamespaces(world),
      exempt: exempt(),
      judgedNatively: judgedNatively(),
      caBundle: caBundle(),
      user,
      owner: { name: owner, uid },
    });
    return [
      { resource: resources.mutatingWebhooks, object: mutating, seen: live.mutating },
      { resource: resources.validatingWebhooks, object: validating, seen: live.validating },
    ];
  };
