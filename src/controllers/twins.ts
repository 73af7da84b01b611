import { machineOf } from "../oci/machine.ts";
import type { NodeFacts } from "../zone/facts.ts";
import type { World } from "../zone/world.ts";

/** Nodes whose verdict may hang on this one: those that claim the machine it claims or claimed. */
export const twinsOf = (world: World, ...nodes: readonly (NodeFacts | undefined)[]): readonly string[] =>
  nodes.flatMap((node) => {
    const machine = machineOf(node?.providerID);
    return machine === undefined ? [] : world.nodesClaiming(machine);
  });
