import { nodeLabel, nodeLabelValue } from "../api/names.ts";
import { carriesSelector } from "../placement/pin.ts";
import { readWorkload } from "../placement/shapes.ts";
import { placeTemplate, podTemplate, type Workload, type WorkloadKind } from "../placement/template.ts";
import { listed } from "../zone/listed.ts";
import type { ZoneRecord } from "../zone/record.ts";
import type { Cluster } from "./cluster.ts";
import { homeLine, homeValue, listsOf, readHome, type Home } from "./home.ts";
import { judgementOf, judgementText } from "./judgement.ts";
import { ownerOf } from "./running.ts";
import { sheet } from "./sheet.ts";
import { Stop } from "./stop.ts";
import { resourceOf } from "./target.ts";
import type { Found } from "./verb.ts";

/** What is read to explain an object that makes pods. */
export type WorkloadView = {
  readonly kind: WorkloadKind;
  readonly name: string;
  readonly home: Home;
  readonly raw: unknown;
};

/** Reads a workload, its namespace and its zone. */
export const readWorkloadView = async (
  cluster: Cluster,
  kind: WorkloadKind,
  namespace: string,
  name: string,
): Promise<WorkloadView> => {
  const raw = await cluster.get<unknown>(resourceOf[kind], { namespace, name }, (object) => object);
  if (raw === undefined)
    throw new Stop("unanswered", `${kind} ${namespace}/${name} does not exist; check the name and -n.`);
  return { kind, name, home: await readHome(cluster, namespace), raw };
};

/** Explains a workload from what was read; pure. */
export const explainWorkload = ({ kind, name, home, raw }: WorkloadView): Found => {
  const { namespace } = home;
  const title = `${kind} ${namespace.name}/${name}`;
  const read = readWorkload(raw, kind, "");
  if (!read.ok) throw new Stop("unanswered", `${title} is not as the API server writes it; try again.`);
  const world = listed(listsOf(home));
  const now = judgementOf(
    world,
    { object: title },
    placeTemplate(world, read.value, { namespace: namespace.name, operation: "CREATE", kind, templateChanged: true }),
  );
  const pinned = namespace.zone !== undefined && isPinned(read.value, kind, namespace.zone);
  const above = ownerOf(raw);
  const owner = above && `${above.kind} ${above.name}`;
  const mayBePinned = now.outcome === "pinned" && !pinned;
  return {
    value: { workload: title, ...homeValue(home), pinned, owner: owner ?? null, createdNow: now },
    lines: sheet(title, [
      ["Zone", homeLine(home)],
      ["Owner", owner === undefined ? [] : `${owner}, whose template decides: ask about that`],
      ["Template", namespace.zone === undefined ? [] : templateLine(namespace.zone, pinned, home.zone)],
      ["To pin it", mayBePinned ? pinNext(kind, namespace.name, name) : []],
      ["Created now", judgementText(now)],
    ]),
    refused: now.outcome === "refused",
  };
};

/** Whether a workload's template carries its zone's selector. */
export const isPinned = (workload: Workload, kind: WorkloadKind, zone: string): boolean =>
  carriesSelector(podTemplate(workload, kind)?.spec, zone);

/** How a template that stands gets the zone's selector: it is added where a request changes the template. */
export const pinNext = (kind: WorkloadKind, namespace: string, name: string): string => {
  const object = `${kind.toLowerCase()}/${name} -n ${namespace}`;
  switch (kind) {
    case "Deployment":
    case "StatefulSet":
    case "DaemonSet":
      return `kubectl rollout restart ${object}`;
    case "CronJob":
    case "ReplicaSet":
      return `kubectl get ${object} -o yaml | kubectl replace --force -f -`;
    case "Job":
      return "A Job's template stays as it is; the next Job is pinned when it is made.";
  }
};

const templateLine = (name: string, pinned: boolean, zone: ZoneRecord | undefined): string => {
  const selector = `${nodeLabel(name)}=${nodeLabelValue}`;
  if (pinned) return `carries ${selector}: its pods start also while Domicile is down`;
  return zone === undefined || zone.enforcement === "Enforce"
    ? `lacks ${selector}: each of its pods needs Domicile to be pinned`
    : `lacks ${selector}: a zone in ${zone.enforcement} pins nothing`;
};
