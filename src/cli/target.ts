import type { Resource } from "../kube/resource.ts";
import { resources } from "../kube/resources.ts";
import { workloadKinds, type WorkloadKind } from "../placement/template.ts";
import { nearest } from "../zone/nearest.ts";
import { Stop } from "./stop.ts";

/** One object that is asked about. */
export type Target = {
  readonly kind: "Pod" | WorkloadKind;
  /** Undefined where only the context's namespace is meant. */
  readonly namespace: string | undefined;
  readonly name: string;
};

/** Names of a kind besides its own and its plural, as kubectl has them. */
const shortNames: Readonly<Record<Target["kind"], readonly string[]>> = {
  Pod: ["po"],
  Deployment: ["deploy"],
  StatefulSet: ["sts"],
  DaemonSet: ["ds"],
  ReplicaSet: ["rs"],
  Job: [],
  CronJob: ["cj"],
};

const workload = (group: string, kind: WorkloadKind): Resource => ({
  group,
  version: "v1",
  plural: `${kind.toLowerCase()}s`,
  kind,
  namespaced: true,
});

/** The resource of each kind. */
export const resourceOf: Readonly<Record<Target["kind"], Resource>> = {
  Pod: resources.pods,
  Deployment: resources.deployments,
  StatefulSet: workload("apps", "StatefulSet"),
  DaemonSet: workload("apps", "DaemonSet"),
  ReplicaSet: workload("apps", "ReplicaSet"),
  Job: workload("batch", "Job"),
  CronJob: workload("batch", "CronJob"),
};

const kinds: ReadonlyMap<string, Target["kind"]> = new Map(
  (["Pod", ...workloadKinds] as const).flatMap((kind) =>
    [kind.toLowerCase(), resourceOf[kind].plural, ...shortNames[kind]].map((name) => [name, kind] as const),
  ),
);

/** Reads `pod payments/api-0`, `pod/api-0` and the like; a Stop says what is wrong. */
export const readTarget = (words: readonly string[], namespace: string | undefined): Target => {
  const [first = "", second, ...rest] = words;
  if (rest.length > 0) throw new Stop("unreadable", `"${rest[0]}" is one word too many; ask about one object.`);
  const slash = first.indexOf("/");
  const [kindName, object = ""] =
    second === undefined && slash >= 0 ? [first.slice(0, slash), first.slice(slash + 1)] : [first, second];
  const kind = kinds.get(kindName.toLowerCase());
  if (kind === undefined) {
    const meant = nearest(kindName, kinds.keys());
    const hint = meant === undefined ? `there are ${[...kinds.keys()].join(", ")}` : `did you mean ${meant}?`;
    throw new Stop("unreadable", `"${kindName}" is nothing that Domicile places; ${hint}`);
  }
  const parts = object.split("/");
  const name = parts.at(-1) ?? "";
  const stated = parts.length > 1 ? parts[0] : undefined;
  if (name === "" || stated === "" || parts.length > 2)
    throw new Stop(
      "unreadable",
      `"${words.join(" ")}" names no object; write ${kindName} NAME or ${kindName} NAMESPACE/NAME.`,
    );
  for (const part of parts)
    if (!/^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/.test(part))
      throw new Stop("unreadable", `"${part}" cannot be a name in Kubernetes; check how it is spelt.`);
  if (stated !== undefined && namespace !== undefined && stated !== namespace)
    throw new Stop("unreadable", `${object} is in namespace ${stated} and -n says ${namespace}; leave one out.`);
  return { kind, namespace: stated ?? namespace, name };
};
