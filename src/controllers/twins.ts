import { machineOf } from "../oci/machine.ts";
import type { AttestationFacts, NodeFacts } from "../zone/facts.ts";
import type { World } from "../zone/world.ts";

/** Nodes whose verdict may hang on this one: those that claim the machine it claims or claimed, or are attested as it. */
export const twinsOf = (world: World, ...nodes: readonly (NodeFacts | undefined)[]): readonly string[] =>
  nodes.flatMap((node) => {
    if (node === undefined) return [];
    const machine = machineOf(node.providerID);
    const claiming = machine === undefined ? [] : world.nodesClaiming(machine);
    return [...claiming, ...attestedBy(world, ...world.attestationsOf(node.uid))];
  });

/** Nodes whose verdict may hang on these attestations: those that they name, and those attested as the same machine. */
export const attestedBy = (
  world: World,
  ...attestations: readonly (AttestationFacts | undefined)[]
): readonly string[] => [
  ...new Set(
    attestations.flatMap((one) => {
      if (one?.statement.ok !== true) return [];
      const { nodeUID, machineID } = one.statement.value;
      const beside = world
        .attestationsNaming(machineID)
        .flatMap(({ statement }) => (statement.ok ? [statement.value.nodeUID] : []));
      return [nodeUID, ...beside].flatMap((uid) => world.nodeOf(uid)?.name ?? []);
    }),
  ),
];
