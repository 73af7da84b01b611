import { mirrorAnnotation } from "../api/names.ts";
import { isLoose } from "../placement/loose.ts";
import { place, type Placement } from "../placement/place.ts";
import { placeTemplate, workloadKinds } from "../placement/template.ts";
import { evictionOf } from "../zone/evicting.ts";
import type { ZoneRecord } from "../zone/record.ts";
import type { World } from "../zone/world.ts";
import { breaks, most, note, some, type Finding } from "./finding.ts";
import type { PreflightView } from "./preflight-view.ts";
import { pinNext } from "./explain-workload.ts";
import { unbound, type Owner, type RunningPod, type RunningWorkload } from "./running.ts";
import type { JudgedNode } from "./seen-node.ts";

/** Templates that would be refused, and those that every pod of theirs needs Domicile for. */
export const templateFindings = (world: World, { workloads, zone }: PreflightView): readonly Finding[] => {
  const judged = workloads.map((one) => {
    const { kind, namespace, workload } = one;
    const question = { namespace, operation: "CREATE", kind, templateChanged: true } as const;
    return { one, placement: placeTemplate(world, workload, question) };
  });
  const refused = judged.flatMap(({ one: { kind, namespace, name }, placement }) =>
    placement.kind === "refused" && placement.reason !== "TemplateNotPinned"
      ? [breaks(`${kind} ${namespace}/${name}`, placement.reason, [faultOf(placement)])]
      : [],
  );
  // A Job's template never changes, and its pods are made at once.
  const bare = judged.filter(
    ({ one, placement }) =>
      (placement.kind === "pinned" || placement.reason === "TemplateNotPinned") && one.kind !== "Job",
  );
  const byKind = Map.groupBy(bare, ({ one: { kind, namespace } }) => `${kind}s of namespace ${namespace}`);
  return [
    ...refused,
    ...[...byKind].map(([who, all]) =>
      unpinned(
        who,
        all.map(({ one }) => one),
        all.some(({ placement }) => placement.reason === "TemplateNotPinned"),
        zone.exclusive ? "selector or toleration" : "selector",
      ),
    ),
  ];
};

const unpinned = (who: string, workloads: readonly RunningWorkload[], left: boolean, lacks: string): Finding => {
  const names = workloads.map(({ name }) => name);
  const [{ kind, namespace, name } = { kind: "Deployment" as const, namespace: "", name: "" }] = workloads;
  return note(
    `${who}: ${names.length === 1 ? "a template lacks" : `${names.length} templates lack`} the zone's ${lacks}`,
    [`${some(names)}: their pods are pinned one by one, and do not start while Domicile is down.`],
    left
      ? "spec.templates is Warn: write the selector into each template."
      : `with Enforce on, for each: ${pinNext(kind, namespace, names.length === 1 ? name : "NAME")}`,
  );
};

/** Pods that are not where they should be, that hinder their namespace, or that would not come back. */
export const podFindings = (world: World, view: PreflightView, nodes: readonly JudgedNode[]): readonly Finding[] => {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  return [...grouped(view.pods)].flatMap(([who, pods]) => [
    ...outOfPlace(view.zone, who, pods, byName),
    ...loose(who, pods, view.zone.name),
    ...notAgain(world, view, who, pods),
  ]);
};

const outOfPlace = (
  zone: ZoneRecord,
  who: string,
  pods: readonly RunningPod[],
  nodes: ReadonlyMap<string, JudgedNode>,
): readonly Finding[] => {
  const away = pods.filter(({ facts }) => facts.node !== undefined && nodes.get(facts.node)?.verdict !== "Verified");
  if (away.length === 0) return [];
  const on = [...new Set(away.map(({ facts }) => facts.node ?? ""))].map(
    (name) => `${name} (${nodes.get(name)?.reason ?? "gone"})`,
  );
  const limits = evictionOf({ ...zone, enforcement: "Enforce" });
  const where = `${podNames(away)} on ${some(on)}.`;
  const [becomes, next] = away.some(isMirror)
    ? ["A kubelet runs static pods by itself.", "take the manifest off that node."]
    : limits === undefined
      ? ["Nothing is evicted: they stay until they are deleted.", deletion(away)]
      : [`Domicile evicts pods, at most ${limits.maxPerMinute} a minute.`, `wait, or ${deletion(away)}`];
  return [ofPods(away, breaks(who, "PodsOutOfPlace", [`${where} ${becomes}`], next))];
};

const loose = (who: string, pods: readonly RunningPod[], zone: string): readonly Finding[] => {
  const waiting = pods.filter(({ facts }) => isLoose(facts, zone));
  if (waiting.length === 0) return [];
  const details = [
    `${podNames(waiting)} waiting without the zone's selector. The namespace is not sealed while there are such pods.`,
  ];
  return [ofPods(waiting, breaks(who, "NamespaceNotSealed", details, deletion(waiting)))];
};

/** What a workload makes is judged by its template; all others are judged as they would be made again. */
const notAgain = (world: World, view: PreflightView, who: string, pods: readonly RunningPod[]): readonly Finding[] => {
  const again = pods.flatMap((one) => {
    if (isMirror(one) || isOfTemplate(view.workloads, one)) return [];
    const { facts, pod } = one;
    const question = { namespace: facts.namespace, operation: "CREATE", byNode: false, wasGated: false } as const;
    const placement = place(world, unbound(pod), question);
    return placement.kind === "refused" ? [{ one, placement }] : [];
  });
  return [...Map.groupBy(again, ({ placement }) => faultOf(placement))].flatMap(([fault, all]) => {
    const [first] = all;
    if (first === undefined) return [];
    const pods = all.map(({ one }) => one);
    return [ofPods(pods, breaks(who, first.placement.reason, [`${podNames(pods)} would not be made again: ${fault}`]))];
  });
};

const isOfTemplate = (workloads: readonly RunningWorkload[], { facts, owner }: RunningPod): boolean => {
  let above: Owner | undefined = owner;
  // Pods of a Deployment are two steps below it; more than a few steps is a circle.
  for (let steps = 0; above !== undefined && steps < 5; steps++) {
    const { kind, name } = above;
    const found = workloads.find((one) => one.kind === kind && one.name === name && one.namespace === facts.namespace);
    if (found === undefined) return false;
    if (found.owner === undefined) return true;
    above = found.owner;
  }
  return false;
};

/** Pods of one controller are one thing to mend. */
const grouped = (pods: readonly RunningPod[]): ReadonlyMap<string, readonly RunningPod[]> =>
  Map.groupBy(pods, ({ facts, owner }) => {
    const known = owner !== undefined && (workloadKinds as readonly string[]).includes(owner.kind);
    if (owner !== undefined)
      return `pods of ${known ? owner.kind : `the ${owner.kind}`} ${facts.namespace}/${owner.name}`;
    return `Pod ${facts.namespace}/${facts.name}`;
  });

const ofPods = (pods: readonly RunningPod[], finding: Finding): Finding => ({
  ...finding,
  pods: pods.map(({ facts }) => facts.name),
});

const podNames = (pods: readonly RunningPod[]): string =>
  `${pods.length === 1 ? "1 pod" : `${pods.length} pods`} (${some(pods.map(({ facts }) => facts.name))})`;

const deletion = (pods: readonly RunningPod[]): string => {
  const namespace = pods[0]?.facts.namespace ?? "";
  const names = pods.map(({ facts }) => facts.name);
  const again = pods.every(({ owner }) => owner === undefined)
    ? "and make it anew"
    : "and its controller makes it anew";
  return names.length > most
    ? `with Enforce on, delete each (-o json names them all), ${again}.`
    : `with Enforce on: kubectl delete pod ${names.join(" ")} -n ${namespace}, ${again}.`;
};

const isMirror = ({ pod }: RunningPod): boolean => pod.metadata?.annotations?.[mirrorAnnotation] !== undefined;

const faultOf = ({ field, found }: Extract<Placement, { readonly kind: "refused" }>): string => `${field} ${found}`;
