import type { InformerParts } from "../kube/informer.ts";
import type { World } from "../zone/world.ts";
import { exemptNamespaces } from "../zone/exempt.ts";
import { watchAnchors, type AnchorNames } from "./anchors.ts";
import type { Cache } from "./cache.ts";
import { rememberNative } from "./native-compiled.ts";
import {
  judgesNatively,
  judgesPodsNatively,
  nativeSync,
  nativeWanted,
  type NativeSync,
} from "./native-registration.ts";
import { watchPinning, type Pinning } from "./pinning.ts";
import { judges } from "./registration-facts.ts";
import type { Half, HalfParts, RegistrationParts } from "./registration.ts";
import { webhooksWanted, type WebhookParts } from "./webhook-registration.ts";

/** What both halves of what is registered are made from. */
export type HalvesParts = Pick<InformerParts<unknown>, "transport" | "timers" | "report"> &
  Pick<WebhookParts, "settings" | "caBundle"> &
  Pick<AnchorNames, "deployment"> & {
    readonly world: World;
    readonly live: Cache["registered"];
    /** Which halves this installation has: one of them at least. */
    readonly has: Readonly<Record<Half, boolean>>;
    /** The ClusterRole that owns each. */
    readonly owners: Readonly<Record<Half, string>>;
    /** The user that is Domicile's own service account. */
    readonly user: string;
    /** Asks for another look at a half. */
    readonly ask: (half: Half) => void;
  };

/** The halves that there are, and whether what they consist of stands. */
export type Halves = {
  readonly parts: RegistrationParts["halves"];
  /** Whether the API server was told all that judges the pods of this zone: until it was, nothing is sealed. */
  readonly registered: (zone: string) => boolean;
  /** How native policies compare with what is compiled; undefined where this installation has none. */
  readonly nativeSync: () => NativeSync | undefined;
};

/** Puts the halves of this installation together, for one term of leading. */
export const makeHalves = (parts: HalvesParts, signal: AbortSignal): Halves => {
  const { world, live, has, owners, deployment, user, ask } = parts;
  const exempt = (): readonly string[] => exemptNamespaces(world);
  const anchorsOf = (half: Half): HalfParts["anchors"] =>
    watchAnchors(parts, { owner: owners[half], deployment }, () => ask(half), signal);

  // With a webhook that pins it would only cost: of all that judges pods it is the dearest.
  let pinning: { readonly seen: Pinning | undefined } | undefined = has.webhooks ? { seen: undefined } : undefined;
  const compile = rememberNative();
  const native = () => ({
    world,
    compile,
    live,
    exempt,
    webhooks: has.webhooks,
    user,
    owner: owners.nativePolicies,
    pinning: pinning?.seen,
  });
  const prepare = async (): Promise<void> => {
    pinning ??= { seen: await watchPinning(parts, () => ask("nativePolicies"), signal) };
  };
  const judgedNatively = (): boolean => has.nativePolicies && judgesPodsNatively(native());
  const judged = (zone: string): boolean => {
    const [mutating, validating] = [live.mutating.now(), live.validating.now()];
    return judges(zone, parts.caBundle(), { mutating, validating, judgedNatively: judgedNatively() });
  };
  const sync = (): NativeSync | undefined => (has.nativePolicies ? nativeSync(native()) : undefined);
  return {
    parts: {
      ...(has.webhooks
        ? {
            webhooks: {
              anchors: anchorsOf("webhooks"),
              compile: webhooksWanted({ ...parts, exempt, judgedNatively, owner: owners.webhooks }),
            },
          }
        : {}),
      ...(has.nativePolicies
        ? {
            nativePolicies: {
              anchors: anchorsOf("nativePolicies"),
              prepare,
              compile: (uid) => nativeWanted(native())(uid),
            },
          }
        : {}),
    },
    registered: (zone) =>
      (!has.webhooks || judged(zone)) && (!has.nativePolicies || (pinning !== undefined && judgesNatively(native()))),
    nativeSync: sync,
  };
};
