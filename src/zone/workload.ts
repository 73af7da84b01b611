import type { PodFacts } from "./facts.ts";

/** What a pod is one of, as people name it within a namespace: Deployment/api, StatefulSet/db, Pod/alone. */
export const workloadOf = ({ name, owner }: Pick<PodFacts, "name" | "owner">): string => {
  if (owner === undefined) return `Pod/${name}`;
  return owner.deployment === undefined ? `${owner.kind}/${owner.name}` : `Deployment/${owner.deployment}`;
};
