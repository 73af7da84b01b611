import { remoteCluster } from "../api/remote-cluster.ts";
import { regionByIdentifier } from "../oci/regions.ts";
import { networkOf } from "./networks.ts";
import type { Parsed } from "./problem.ts";
import { resourceReader } from "./read-resource.ts";
import type { RemoteCluster } from "./zone.ts";

const read = resourceReader(remoteCluster);

/** A RemoteCluster from any JSON, or every problem in it with the field's path; never throws. */
export const parseCluster = (raw: unknown): Parsed<RemoteCluster> => {
  const parsed = read(raw);
  if (!parsed.ok) return parsed;
  const { name, spec } = parsed.value;
  const region = regionByIdentifier(spec.region);
  if (region === undefined) return { ok: false, problems: [{ path: "spec.region", message: "is not known" }] };
  return { ok: true, value: { name, region, networks: spec.networks.map(networkOf) } };
};
