import type { Labels, OwnerReference } from "../api/kubernetes.ts";
import { digestAnnotation, managedByLabel, managedByValue } from "../api/names.ts";
import type { KubeObject } from "../kube/kube-object.ts";
import { chartDigestOf, digestOf } from "./registration-digest.ts";

/** An object that tells the API server whom to ask or what to judge by: every field of it that we own. */
export type Registered = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels: Labels;
    readonly annotations: Labels;
    /** Left out where they are the chart's business. */
    readonly ownerReferences?: readonly OwnerReference[];
  };
  /**
   * Of an object that the chart makes: whom it lets write Domicile's marks, and who owns it where Domicile has to make
   * it again, so that an uninstall that does not know of it takes it away all the same.
   */
  readonly chart?: { readonly user: string; readonly heir: OwnerReference };
  /** Of a webhook configuration. */
  readonly webhooks?: readonly unknown[];
  /** Of a native policy and of its binding. */
  readonly spec?: object;
};

/** The ClusterRole of the chart whose deletion takes what it owns away, whatever order an uninstall goes in. */
export type Owner = { readonly name: string; readonly uid: string };

/** What the API server acts by. */
export const contentOf = (object: Registered | KubeObject): unknown => {
  const { webhooks, spec }: Readonly<Record<string, unknown>> = object;
  return spec ?? webhooks ?? [];
};

/** The field in which that stands. */
export const contentField = ({ spec }: Registered): "spec" | "webhooks" => (spec === undefined ? "webhooks" : "spec");

/** What we write of an object's metadata: our label, its owner, and the digest by which others' edits are told. */
export const metadataOf = (name: string, content: unknown, owner: Owner): Registered["metadata"] => {
  const ownerReferences = [ownerReference(owner)];
  return {
    name,
    labels: { [managedByLabel]: managedByValue },
    annotations: { [digestAnnotation]: digestOf(content, ownerReferences) },
    ownerReferences,
  };
};

/** The same of an object that the chart makes: its digest alone, for the rest is Helm's. */
export const chartMetadataOf = (name: string, content: unknown, user: string): Registered["metadata"] => ({
  name,
  labels: {},
  annotations: { [digestAnnotation]: chartDigestOf(content, user) },
});

/** A reference to an owner, as the API server stores it. */
export const ownerReference = (owner: Owner): OwnerReference => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRole",
  ...owner,
});

/** The digest of a stored object as it is now, to compare with the one that it bears. */
export const digestNow = (live: KubeObject, { chart }: Registered): string =>
  chart === undefined
    ? digestOf(contentOf(live), live.metadata.ownerReferences)
    : chartDigestOf(contentOf(live), chart.user);
