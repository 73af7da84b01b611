import { fieldManagers } from "../api/names.ts";
import { explain, type Reason } from "../api/reasons.ts";
import type { KubeObject } from "../kube/kube-object.ts";
import { apply, jsonPatch } from "../kube/objects.ts";
import { apiVersionOf, type Resource } from "../kube/resource.ts";
import type { Transport } from "../kube/transport.ts";
import type { Anchors } from "./anchors.ts";
import type { Events } from "./events.ts";
import { settled, type Reconcile } from "./loop.ts";
import { contentField, contentOf, type Registered } from "./registered.ts";
import { differences, lastWriter, some } from "./registration-difference.ts";
import { asCompiled, type Seen } from "./registration-facts.ts";
import { findingOf, type Before, type Finding, type Left } from "./registration-finding.ts";

/** One object as it should be, of which resource it is, and how it is seen. */
export type Wanted = { readonly resource: Resource; readonly object: Registered; readonly seen: Seen };

/** Each half of what is registered is made and repaired by itself; these are the keys of this controller. */
export const halves = ["webhooks", "nativePolicies"] as const;
/** One of them. */
export type Half = (typeof halves)[number];

/** What one half needs: what it hangs on, and what it consists of, in the order in which it is made. */
export type HalfParts = {
  readonly anchors: Anchors;
  /** What has to be known before anything can be compiled; it does nothing once it is. */
  readonly prepare?: () => Promise<void>;
  readonly compile: (ownerUid: string) => readonly Wanted[];
};

/** What both halves share, and who hears of repairs. */
export type RegistrationParts = {
  readonly transport: Transport;
  readonly events: Events;
  /** The halves that this installation has. */
  readonly halves: Readonly<Partial<Record<Half, HalfParts>>>;
  /** Hears of each object that was not as it was left. */
  readonly repaired: (kind: string) => void;
  /** Hears at every look why nothing of a half may be made or repaired, undefined when it may. */
  readonly hindered: (half: Half, why: string | undefined) => void;
};

/**
 * Makes what tells the API server whom to ask and what to judge by, and puts it back when anything in it changes. It
 * belongs to a ClusterRole of the chart, so that uninstalling takes it away in whatever order; while that or the
 * Deployment is going, nothing is repaired, or an uninstall would leave behind what blocks.
 */
export const reconcileRegistration = (parts: RegistrationParts): Reconcile => {
  const left = new Map<string, Left>();
  return async (key, signal) => {
    const half = halves.find((each) => each === key);
    const found = half && parts.halves[half];
    if (half === undefined || found === undefined) return settled;
    const { anchors, prepare, compile } = found;
    await prepare?.();
    const heard = anchors.heard();
    if (heard !== undefined && compile(heard).every(stands)) {
      parts.hindered(half, undefined);
      return settled;
    }

    const anchored = await anchors.ask(signal);
    parts.hindered(half, anchored.ok ? undefined : anchored.why);
    // Whoever watches the anchors asks again when one of them comes.
    if (!anchored.ok) return { kind: "hopeless", why: anchored.why };
    for (const wanted of compile(anchored.uid)) await put(parts, left, wanted, signal);
    return settled;
  };
};

const stands = ({ object, seen }: Wanted): boolean => {
  const now = seen.now();
  return now !== undefined && asCompiled(now, object);
};

const put = async (
  parts: RegistrationParts,
  left: Map<string, Left>,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<void> => {
  if (stands(wanted)) return;
  const { resource, object, seen } = wanted;
  // Before the first wait: what is seen goes on changing, also by what is written here.
  const live = seen.now();
  const before = { live, last: live ?? seen.last() };
  // What the chart makes may not be there yet, and Helm would find it in its way.
  if (object.chart !== undefined && before.last === undefined) return;
  const options = { fieldManager: managerOf(object), force: true, signal };
  const applied = await apply(parts.transport, resource, bodyOf(object, before), options);
  // What somebody added to a list that is merged by name lives on after an apply.
  const stored = asCompiled(applied, object) ? applied : await overwrite(parts.transport, wanted, applied, signal);

  const { resourceVersion: version, uid = "" } = stored.metadata;
  const key = `${object.kind}/${object.metadata.name}`;
  const former = left.get(key) ?? { wanted: undefined, version: undefined, told: undefined };
  const finding = findingOf(former, before, object, version);
  const told = finding.kind === "ours" ? former.told : before.last?.metadata.resourceVersion;
  left.set(key, { wanted: object, version, told });
  if (finding.kind !== "ours") await tell(parts, wanted, uid, finding, signal);
};

const managerOf = ({ chart }: Registered): string =>
  chart === undefined ? fieldManagers.registration : fieldManagers.chart;

const bodyOf = (object: Registered, before: Before): KubeObject => ({
  metadata: metadataFor(object, before),
  [contentField(object)]: contentOf(object),
});

/** An apply takes away what its manager applied before, so what is Helm's is sent again as it was last seen. */
const metadataFor = ({ metadata, chart }: Registered, { live, last }: Before): KubeObject["metadata"] => {
  if (chart === undefined) return metadata;
  const { labels = {}, annotations } = last?.metadata ?? {};
  const ownerReferences = live === undefined ? [chart.heir] : (live.metadata.ownerReferences ?? []);
  return { ...metadata, labels, annotations: { ...annotations, ...metadata.annotations }, ownerReferences };
};

const reasonsOf = ({ spec }: Registered): Readonly<Record<"made" | "repaired", Reason>> =>
  spec === undefined
    ? { made: "WebhooksMade", repaired: "WebhooksRepaired" }
    : { made: "NativePoliciesMade", repaired: "NativePoliciesRepaired" };

const tell = async (
  { events, repaired }: RegistrationParts,
  { resource, object }: Wanted,
  uid: string,
  finding: Exclude<Finding, { readonly kind: "ours" }>,
  signal: AbortSignal,
): Promise<void> => {
  const made = finding.kind === "made";
  const reason = reasonsOf(object)[made ? "made" : "repaired"];
  if (!made) repaired(resource.kind);
  await events.report({
    regarding: { apiVersion: apiVersionOf(resource), kind: resource.kind, name: object.metadata.name, uid },
    type: made ? "Normal" : "Warning",
    reason,
    action: "Register",
    note: explain(reason, detailOf(finding, object)),
    signal,
  });
};

const detailOf = (finding: Exclude<Finding, { readonly kind: "ours" }>, wanted: Registered): string => {
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
  { resource, object }: Wanted,
  { metadata }: KubeObject,
  signal: AbortSignal,
): Promise<KubeObject> =>
  jsonPatch(
    transport,
    resource,
    { name: object.metadata.name },
    [
      { op: "test", path: "/metadata/resourceVersion", value: metadata.resourceVersion },
      ...(object.chart === undefined
        ? [{ op: "add", path: "/metadata/ownerReferences", value: object.metadata.ownerReferences } as const]
        : []),
      { op: "add", path: `/${contentField(object)}`, value: contentOf(object) },
    ],
    { fieldManager: managerOf(object), signal },
  );
