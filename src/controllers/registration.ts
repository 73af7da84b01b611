import { isDeepStrictEqual } from "node:util";
import { fieldManagers } from "../api/names.ts";
import { unlessGone } from "../kube/failure.ts";
import { apply, get, replace, type KubeObject } from "../kube/objects.ts";
import type { Resource } from "../kube/resource.ts";
import { resources } from "../kube/resources.ts";
import type { Transport } from "../kube/transport.ts";
import type { World } from "../zone/world.ts";
import { settled, type Reconcile } from "./loop.ts";
import { sameConfiguration } from "./registration-facts.ts";
import { webhookConfigurations, type Registration, type WebhookConfiguration } from "./webhook-configurations.ts";

/** What the webhook configurations are made of, and who hears of repairs. */
export type RegistrationParts = {
  readonly transport: Transport;
  readonly world: World;
  /** The configurations as last seen, whole. */
  readonly live: { readonly mutating: () => KubeObject | undefined; readonly validating: () => KubeObject | undefined };
  readonly settings: Omit<Registration, "zones" | "exempt" | "owner" | "caBundle">;
  /** PEM; changes when certificates roll over. */
  readonly caBundle: () => string;
  readonly exempt: () => readonly string[];
  readonly owner: string;
  readonly deployment: { readonly namespace: string; readonly name: string };
  /** Hears of each configuration that was not as it was left. */
  readonly repaired: (kind: string) => void;
};

/** How a configuration was left, by kind: only one that differs from that without our doing was repaired. */
type Left = Map<string, { readonly wanted: WebhookConfiguration; readonly version: string | undefined }>;

/** While Domicile is being taken away there is nothing to do, but it may come back. */
const lookAgainMs = 5_000;

/** The one key of this controller. */
export const registrationKey = "webhooks";

/**
 * Makes the webhook configurations and puts them back when anything in them changes. Both belong to a ClusterRole of
 * the chart, so that uninstalling takes them away in whatever order; while that or the Deployment is going, nothing is
 * repaired, or an uninstall would leave behind what blocks.
 */
export const reconcileRegistration = (parts: RegistrationParts): Reconcile => {
  const left: Left = new Map();
  return async (_key, signal) => {
    const { transport, world, live } = parts;
    const owner = await standing(transport, resources.clusterRoles, { name: parts.owner }, signal);
    const deployment = await standing(transport, resources.deployments, parts.deployment, signal);
    if (owner === undefined || deployment === undefined) return { kind: "again", afterMs: lookAgainMs };

    const wanted = webhookConfigurations({
      ...parts.settings,
      zones: new Map([...world.zones].map(([name, { enforcement }]) => [name, enforcement])),
      exempt: parts.exempt(),
      caBundle: parts.caBundle(),
      owner: { name: parts.owner, uid: owner.metadata.uid ?? "" },
    });
    await put(parts, left, resources.mutatingWebhooks, wanted.mutating, live.mutating(), signal);
    await put(parts, left, resources.validatingWebhooks, wanted.validating, live.validating(), signal);
    return settled;
  };
};

const put = async (
  { transport, repaired }: RegistrationParts,
  left: Left,
  resource: Resource,
  wanted: WebhookConfiguration,
  live: KubeObject | undefined,
  signal: AbortSignal,
): Promise<void> => {
  const { kind } = resource;
  const leave = ({ metadata }: KubeObject): void => void left.set(kind, { wanted, version: metadata.resourceVersion });
  if (live !== undefined && sameConfiguration(live, wanted)) return leave(live);
  const object: KubeObject = { metadata: wanted.metadata as KubeObject["metadata"], webhooks: wanted.webhooks };
  const options = { fieldManager: fieldManagers.registration, force: true, signal };
  const applied = await apply(transport, resource, object, options);
  const last = left.get(kind);
  // What is seen may be older than what was written: then the apply changed nothing.
  const untouched = last === undefined || last.version === applied.metadata.resourceVersion;
  if (!untouched && isDeepStrictEqual(last.wanted, wanted)) repaired(kind);
  // Entries that somebody added live on after an apply, for the list is merged by name.
  if (sameConfiguration(applied, wanted)) return leave(applied);
  const { resourceVersion = "" } = applied.metadata;
  leave(await replace(transport, resource, { ...object, metadata: { ...object.metadata, resourceVersion } }, signal));
};

/** The object, if it is there and nobody is deleting it. */
const standing = async (
  transport: Transport,
  resource: Resource,
  place: { readonly name: string; readonly namespace?: string },
  signal: AbortSignal,
): Promise<KubeObject | undefined> => {
  const object = await unlessGone(get(transport, resource, place, signal));
  return object?.metadata.deletionTimestamp === undefined ? object : undefined;
};
