/**
 * Kinds of other projects by which somebody may lead into a zone, where the API server serves them, in whatever version:
 * what is judged is the same in all of them.
 */
export const routeKinds = [
  ...(
    [
      ["gateways", "Gateway"],
      ["httproutes", "HTTPRoute"],
      ["grpcroutes", "GRPCRoute"],
      ["tcproutes", "TCPRoute"],
      ["tlsroutes", "TLSRoute"],
      ["udproutes", "UDPRoute"],
      ["referencegrants", "ReferenceGrant"],
    ] as const
  ).map(([plural, kind]) => ({ group: "gateway.networking.k8s.io", plural, kind })),
  { group: "multicluster.x-k8s.io", plural: "serviceexports", kind: "ServiceExport" },
] as const;

/** Versions that they were ever served in, the latest first, for who cannot ask which a cluster has. */
export const routeVersions = ["v1", "v1beta1", "v1alpha3", "v1alpha2", "v1alpha1"] as const;
