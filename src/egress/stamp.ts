import type { NetworkPolicy } from "../api/kubernetes.ts";
import { managedByLabel, managedByValue, zoneLabel } from "../api/names.ts";
import type { NamedSpec } from "./compile.ts";

/** The policies as they stand in one namespace of `zone`, labelled as ours. */
export const stamp = (specs: readonly NamedSpec[], namespace: string, zone: string): readonly NetworkPolicy[] =>
  specs.map(({ name, spec }) => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace, labels: { [managedByLabel]: managedByValue, [zoneLabel]: zone } },
    spec,
  }));
