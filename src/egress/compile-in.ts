import { resolve } from "../zone/overlaps.ts";
import type { World } from "../zone/world.ts";
import type { Zone } from "../zone/zone.ts";
import { compile, grantsOf, type Compiled, type CompileInput, type Granted } from "./compile.ts";
import type { Refusal } from "./refusal.ts";

/** What of a World the policies of a zone depend on. */
type Around = Pick<World, "clusters" | "ownNetworks" | "apiServer">;

/** The policies of a zone as the World stands: its clusters resolved, then compiled. */
export const compileIn = (world: Around, zone: Zone): Compiled => resolved(world, zone, compile);

/** What these policies open, thing by thing, each with the reason it is there. */
export const grantsIn = (world: Around, zone: Zone): Granted => resolved(world, zone, grantsOf);

const resolved = <T>(world: Around, zone: Zone, then: (input: CompileInput) => T): T | Refusal => {
  const found = resolve(world, zone);
  if (found.ok) return then({ zone, clusters: found.clusters, apiServer: world.apiServer });
  const { problems } = found;
  return { kind: "refused", reason: problems[0]?.reason ?? "Invalid", problems };
};
