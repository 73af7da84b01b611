import { resolve } from "../zone/overlaps.ts";
import type { World } from "../zone/world.ts";
import type { Zone } from "../zone/zone.ts";
import { compile, type Compiled } from "./compile.ts";

/** The policies of a zone as the World stands: its clusters resolved, then compiled. */
export const compileIn = (world: Pick<World, "clusters" | "ownNetworks" | "apiServer">, zone: Zone): Compiled => {
  const resolved = resolve(world, zone);
  if (resolved.ok) return compile({ zone, clusters: resolved.clusters, apiServer: world.apiServer });
  const { problems } = resolved;
  return { kind: "refused", reason: problems[0]?.reason ?? "Invalid", problems };
};
