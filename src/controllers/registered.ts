import type { Labels, OwnerReference } from "../api/kubernetes.ts";
import { digestAnnotation, managedByLabel, managedByValue } from "../api/names.ts";
import type { KubeObject } from "../kube/kube-object.ts";
import { digestOf } from "./registration-digest.ts";

/** An object that tells the API server whom to ask or what to judge by: every field of it that we own. */
export type Registered = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels: Labels;
    readonly annotations: Labels;
    readonly ownerReferences: readonly OwnerReference[];
  };
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
  const ownerReferences = [{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", ...owner }];
  return {
    name,
    labels: { [managedByLabel]: managedByValue },
    annotations: { [digestAnnotation]: digestOf(content, ownerReferences) },
    ownerReferences,
  };
};
