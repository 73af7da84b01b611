import { fieldManagers } from "../api/names.ts";
import { explain } from "../api/reasons.ts";
import type { KubeObject } from "../kube/kube-object.ts";
import { apply, jsonPatch } from "../kube/objects.ts";
import { apiVersionOf, type Resource } from "../kube/resource.ts";
import { resources } from "../kube/resources.ts";
import type { Transport } from "../kube/transport.ts";
import type { World } from "../zone/world.ts";
import type { Anchors } from "./anchors.ts";
import type { Events } from "./events.ts";
import { settled, type Reconcile } from "./loop.ts";
import { differences, lastWriter, some } from "./registration-difference.ts";
import { sameConfiguration, type Seen } from "./registration-facts.ts";
import { findingOf, type Finding, type Left } from "./registration-finding.ts";
import { webhookConfigurations, type Registration, type WebhookConfiguration } from "./webhook-configurations.ts";

/** What the webhook configurations are made of, and who hears of repairs. */
export type RegistrationParts = {
  readonly transport: Transport;
  readonly world: World;
  readonly events: Events;
  /** The configurations as last seen, whole. */
  readonly live: { readonly mutating: Seen; readonly validating: Seen };
  readonly settings: Omit<Registration, "zones" | "exempt" | "owner" | "caBundle">;
  /** PEM; changes when certificates roll over. */
  readonly caBundle: () => string;
  readonly exempt: () => readonly string[];
  readonly owner: string;
  readonly anchors: Anchors;
  /** Hears of each configuration that was not as it was left. */
  readonly repaired: (kind: string) => void;
  /** Hears at every look why nothing may be made or repaired, undefined when it may. */
  readonly hindered: (why: string | undefined) => void;
};

/** The one key of this controller. */
export const registrationKey = "webhooks";

/**
 * Makes the webhook configurations and puts them back when anything in them changes. Both belong to a ClusterRole of
 * the chart, so that uninstalling takes them away in whatever order; while that or the Deployment is going, nothing is
 * repaired, or an uninstall would leave behind what blocks.
 */
export const reconcileRegistration = (parts: RegistrationParts): Reconcile => {
  const left = new Map<string, Left>();
  return async (_key, signal) => {
    const { world, live, anchors, hindered } = parts;
    const compile = (uid: string) =>
      webhookConfigurations({
        ...parts.settings,
        zones: new Map([...world.zones].map(([name, { enforcement }]) => [name, enforcement])),
        exempt: parts.exempt(),
        caBundle: parts.caBundle(),
        owner: { name: parts.owner, uid },
      });
    const heard = anchors.heard();
    const unchanged = (wanted: ReturnType<typeof compile>): boolean =>
      stands(live.mutating, wanted.mutating) && stands(live.validating, wanted.validating);
    if (heard !== undefined && unchanged(compile(heard))) {
      hindered(undefined);
      return settled;
    }

    const anchored = await anchors.ask(signal);
    hindered(anchored.ok ? undefined : anchored.why);
    // Whoever watches the anchors asks again when one of them comes.
    if (!anchored.ok) return { kind: "hopeless", why: anchored.why };
    const wanted = compile(anchored.uid);
    await put(parts, left, resources.mutatingWebhooks, wanted.mutating, live.mutating, signal);
    await put(parts, left, resources.validatingWebhooks, wanted.validating, live.validating, signal);
    return settled;
  };
};

const stands = (seen: Seen, wanted: WebhookConfiguration): boolean => {
  const now = seen.now();
  return now !== undefined && sameConfiguration(now, wanted);
};

const put = async (
  parts: RegistrationParts,
  left: Map<string, Left>,
  resource: Resource,
  wanted: WebhookConfiguration,
  seen: Seen,
  signal: AbortSignal,
): Promise<void> => {
  if (stands(seen, wanted)) return;
  const { transport } = parts;
  // Before the first wait: what is seen goes on changing, also by what is written here.
  const live = seen.now();
  const before = { live, last: live ?? seen.last() };
  const object: KubeObject = { metadata: wanted.metadata, webhooks: wanted.webhooks };
  const options = { fieldManager: fieldManagers.registration, force: true, signal };
  const applied = await apply(transport, resource, object, options);
  // Entries that somebody added live on after an apply, for the list is merged by name.
  const stored = sameConfiguration(applied, wanted)
    ? applied
    : await overwrite(transport, resource, applied, wanted, signal);

  const { resourceVersion: version, uid = "" } = stored.metadata;
  const former = left.get(resource.kind) ?? { wanted: undefined, version: undefined, told: undefined };
  const finding = findingOf(former, before, wanted, version);
  const told = finding.kind === "ours" ? former.told : before.last?.metadata.resourceVersion;
  left.set(resource.kind, { wanted, version, told });
  if (finding.kind !== "ours") await tell(parts, resource, uid, wanted, finding, signal);
};

const tell = async (
  { events, repaired }: RegistrationParts,
  resource: Resource,
  uid: string,
  wanted: WebhookConfiguration,
  finding: Exclude<Finding, { readonly kind: "ours" }>,
  signal: AbortSignal,
): Promise<void> => {
  const reason = finding.kind === "made" ? "WebhooksMade" : "WebhooksRepaired";
  if (reason === "WebhooksRepaired") repaired(resource.kind);
  await events.report({
    regarding: { apiVersion: apiVersionOf(resource), kind: resource.kind, name: wanted.metadata.name, uid },
    type: reason === "WebhooksMade" ? "Normal" : "Warning",
    reason,
    action: "Register",
    note: explain(reason, detailOf(finding, wanted)),
    signal,
  });
};

const detailOf = (finding: Exclude<Finding, { readonly kind: "ours" }>, wanted: WebhookConfiguration): string => {
  switch (finding.kind) {
    case "made":
      return "";
    case "deleted":
      return "It was deleted.";
    case "edited": {
      const who = lastWriter(finding.live);
      const what = some(differences(finding.live, wanted), "; ");
      return `${what}.${who === undefined ? "" : ` Last written by ${who}.`}`;
    }
    default:
      return finding satisfies never;
  }
};

const overwrite = (
  transport: Transport,
  resource: Resource,
  { metadata }: KubeObject,
  wanted: WebhookConfiguration,
  signal: AbortSignal,
): Promise<KubeObject> =>
  jsonPatch(
    transport,
    resource,
    { name: wanted.metadata.name },
    [
      { op: "test", path: "/metadata/resourceVersion", value: metadata.resourceVersion },
      { op: "add", path: "/metadata/ownerReferences", value: wanted.metadata.ownerReferences },
      { op: "add", path: "/webhooks", value: wanted.webhooks },
    ],
    { fieldManager: fieldManagers.registration, signal },
  );
