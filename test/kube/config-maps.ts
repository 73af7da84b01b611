import type { KubeObject } from "../../src/kube/kube-object.ts";
import type { Resource } from "../../src/kube/resource.ts";

/** Plain objects to play with: no controller touches them. */
export const configMaps: Resource = {
  group: "",
  version: "v1",
  plural: "configmaps",
  kind: "ConfigMap",
  namespaced: true,
};

export const configMap = (
  namespace: string,
  name: string,
  data: Readonly<Record<string, string>> = {},
): KubeObject => ({
  metadata: { namespace, name },
  data,
});
