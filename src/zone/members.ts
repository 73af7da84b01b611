import { canaryNamespace } from "../api/canary.ts";
import type { World } from "./world.ts";

/** The namespaces that people put into a zone: all that bear its label but the one in which Domicile tries its guards. */
export const membersOf = (world: World, zone: string): readonly string[] => {
  const canary = canaryNamespace(zone);
  return world.namespacesOf(zone).filter((name) => name !== canary);
};
