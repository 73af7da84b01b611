/** A review of an unpinned pod of about `bytes` bytes, as text. */
export const podReview = (bytes: number): string => {
  const padding = Array.from({ length: Math.ceil(bytes / 100) }, (_, at) => ({
    name: `V${at}`,
    value: "x".repeat(80),
  }));
  return reviewOf("Pod", {
    object: {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "api-0", namespace: "payments" },
      spec: { containers: [{ name: "main", image: "example/app", env: padding }] },
    },
  });
};

/** A review of a Binding to this node, as text. */
export const bindingReview = (node: string): string =>
  reviewOf("Binding", {
    subResource: "binding",
    object: { apiVersion: "v1", kind: "Binding", metadata: { name: "api-0" }, target: { kind: "Node", name: node } },
  });

const reviewOf = (kind: string, more: object): string => {
  const request = {
    uid: "b7c1",
    kind: { group: "", version: "v1", kind },
    resource: { group: "", version: "v1", resource: "pods" },
    name: "api-0",
    namespace: "payments",
    operation: "CREATE",
    userInfo: { username: "jane", groups: [] },
    oldObject: null,
    ...more,
  };
  return JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request });
};
