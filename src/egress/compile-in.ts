import { resolve, type Unresolved } from "../zone/overlaps.ts";
import type { ZoneRecord } from "../zone/record.ts";
import type { World } from "../zone/world.ts";
import type { Zone } from "../zone/zone.ts";
import { compile, grantsOf, type Compiled, type CompileInput, type Granted } from "./compile.ts";
import { dnsMissing } from "./dns.ts";
import type { Refusal } from "./refusal.ts";

/** What of a World the policies of a zone depend on. */
type Around = Pick<World, "clusters" | "ownNetworks" | "apiServer" | "dns">;

/** What a zone names and is not there: it opens nothing, and holds nothing up. */
type Missing = { readonly missing: readonly Unresolved[] };

/** The policies of a zone and what is missing in them, or why there are none. */
export type CompiledIn = (Exclude<Compiled, Refusal> & Missing) | Refusal;

/** What a zone opens and what is missing in it, or why nothing is compiled for it. */
export type GrantedIn = (Exclude<Granted, Refusal> & Missing) | Refusal;

/** The policies of a zone as the World stands: its clusters resolved, then compiled. */
export const compileIn = (world: Around, zone: Zone): CompiledIn => {
  const found = inputIn(world, zone);
  if (found.kind === "refused") return found;
  const compiled = compile(found.input);
  return compiled.kind === "refused" ? compiled : { ...compiled, missing: found.missing };
};

/** What a zone's policies open, thing by thing, each with the reason it is there. Refused with Invalid where it is not valid. */
export const grantsIn = (world: Around, { parsed }: Pick<ZoneRecord, "parsed">): GrantedIn => {
  if (!parsed.ok) return { kind: "refused", reason: "Invalid", problems: parsed.problems };
  const found = inputIn(world, parsed.value);
  if (found.kind === "refused") return found;
  const granted = grantsOf(found.input);
  return granted.kind === "refused" ? granted : { ...granted, missing: found.missing };
};

const inputIn = (
  world: Around,
  zone: Zone,
): ({ readonly kind: "resolved"; readonly input: CompileInput } & Missing) | Refusal => {
  const resolved = resolve(world, zone);
  if (!resolved.ok) {
    const { problems } = resolved;
    return { kind: "refused", reason: problems[0]?.reason ?? "Invalid", problems };
  }
  const { clusters, missing } = resolved;
  return {
    kind: "resolved",
    input: { zone, clusters, apiServer: world.apiServer, dns: world.dns },
    missing: [...missing, ...dnsMissing(zone.egress.dns, world.dns)],
  };
};
