import { policyKinds } from "../api/policy-kinds.ts";
import { routeKinds } from "../api/route-kinds.ts";
import { projectExposing } from "../egress/exposing-facts.ts";
import type { InformerParts } from "../kube/informer.ts";
import type { ReadStore } from "../kube/store.ts";
import type { Definition } from "../zone/definition-facts.ts";
import { projectForeign, reachesFar } from "../zone/foreign-facts.ts";
import type { World } from "../zone/world.ts";
import { followServed, type Hear } from "./served-kinds.ts";

/** What stands of other projects' kinds that this API server serves, as they come and go: policies, and what leads into zones. */
export type ForeignKinds = Pick<World, "foreignIn" | "farReaching" | "unreadKinds" | "exposingIn" | "unreadRoutes"> & {
  /** Gives the way to end it. */
  readonly subscribe: (hear: Hear) => () => void;
  /** The stores that are kept now, by resource and group. */
  readonly stores: () => ReadonlyMap<string, ReadStore<unknown>>;
};

/** Keeps what stands of each kind for as long as its definition does, until the signal aborts. */
export const followKinds = (
  parts: Pick<InformerParts<unknown>, "transport" | "timers" | "report">,
  definitions: ReadStore<Definition>,
  signal: AbortSignal,
): ForeignKinds => {
  const policies = followServed(
    parts,
    definitions,
    {
      kinds: policyKinds.map(({ version, ...kind }) => ({
        ...kind,
        versionOf: (served) => served.find((one) => one === version),
      })),
      project: projectForeign,
      far: reachesFar,
    },
    signal,
  );
  const routes = followServed(
    parts,
    definitions,
    {
      kinds: routeKinds.map((kind) => ({ ...kind, namespaced: true, versionOf: ([first]) => first })),
      project: projectExposing,
      far: () => false,
    },
    signal,
  );
  return {
    foreignIn: policies.within,
    get farReaching() {
      return policies.far();
    },
    get unreadKinds() {
      return policies.unread();
    },
    exposingIn: routes.within,
    get unreadRoutes() {
      return routes.unread();
    },
    subscribe: (hear) => {
      const ends = [policies.subscribe(hear), routes.subscribe(hear)];
      return () => ends.forEach((end) => end());
    },
    stores: () => new Map<string, ReadStore<unknown>>([...policies.stores(), ...routes.stores()]),
  };
};

/** Of a cluster that serves none of these kinds. */
export const noKinds: ForeignKinds = {
  foreignIn: () => [],
  farReaching: [],
  unreadKinds: [],
  exposingIn: () => [],
  unreadRoutes: [],
  subscribe: () => () => undefined,
  stores: () => new Map(),
};
