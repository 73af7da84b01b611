/** Any JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** One resource, and what is said of it. */
export type Case = {
  readonly resource: Json;
  /** What the API server's message holds, in any order; empty: it stores the resource. */
  readonly server: readonly string[];
  /** Path of each problem that Domicile finds, and what its message holds; empty: the resource is valid. */
  readonly problems: Readonly<Record<string, string>>;
};

export type Cases = Readonly<Record<string, Case>>;

const minimal = { enforcement: "Enforce", nodes: { provider: "OCI", regions: ["us-ashburn-1"] } };

/** A valid ResidencyZone with these fields of spec instead; undefined leaves a field out. */
export const zoneWith = (spec: Json, name = "us"): Json => ({
  apiVersion: "domicile.dev/v1alpha1",
  kind: "ResidencyZone",
  metadata: { name },
  spec: JSON.parse(JSON.stringify({ ...minimal, ...spec })),
});

/** A valid RemoteCluster with these fields of spec instead; undefined leaves a field out. */
export const clusterWith = (spec: Json, name = "us-analytics"): Json => ({
  apiVersion: "domicile.dev/v1alpha1",
  kind: "RemoteCluster",
  metadata: { name },
  spec: JSON.parse(JSON.stringify({ region: "us-phoenix-1", networks: [network({})], ...spec })),
});

/** A valid network with these fields instead. */
export const network = (parts: Json): Json => ({
  name: "partner",
  cidrs: ["203.0.113.0/24"],
  ports: [{ port: 443 }],
  ...parts,
});

/** A zone that approves one network of one block. */
export const approving = (cidr: string): Json => zoneWith({ egress: { networks: [network({ cidrs: [cidr] })] } });

export const good = (resource: Json): Case => ({ resource, server: [], problems: {} });

/** What the API server stores, for only Domicile knows better; it is then not Accepted. */
export const stored = (resource: Json, problems: Case["problems"]): Case => ({ resource, server: [], problems });

/** What both refuse, the API server with these words. */
export const bad = (resource: Json, server: readonly string[], problems: Case["problems"]): Case => ({
  resource,
  server,
  problems,
});

/** What both refuse in the same words. */
export const refused = (resource: Json, path: string, words: string): Case => ({
  resource,
  server: [path, words],
  problems: { [path]: words },
});
