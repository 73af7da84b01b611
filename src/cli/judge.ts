import { group as ourGroup } from "../api/names.ts";
import type { Reason } from "../api/reasons.ts";
import { moveNamespace, nameNamespace } from "../placement/membership.ts";
import { place } from "../placement/place.ts";
import { readPod, readWorkload } from "../placement/shapes.ts";
import { placeTemplate, workloadKinds, type WorkloadKind } from "../placement/template.ts";
import { field, text } from "../zone/json.ts";
import { namingProblems } from "../zone/named-namespaces.ts";
import { parseCluster } from "../zone/parse-cluster.ts";
import { parseZone } from "../zone/parse-zone.ts";
import type { Parsed } from "../zone/problem.ts";
import type { World } from "../zone/world.ts";
import { allGranted, ungranted, type Granted } from "./grants.ts";
import { judgementOf, textOf, type Judgement } from "./judgement.ts";
import type { Manifest } from "./manifests.ts";
import { Stop } from "./stop.ts";

/** What the files of a command come to. `others` are objects of kinds that nothing judges. */
export type Judged = { readonly judgements: readonly Judgement[]; readonly others: number };

/** Who is judged, in which World, and where an object goes that names no namespace. */
type Case = {
  readonly world: World;
  readonly before: World;
  readonly manifest: Manifest;
  readonly fallback: string;
  readonly granted: Granted;
};
type Judge = (subject: Case) => Judgement;

/**
 * Judges every object as if it were created now, in a World of which the manifests are part; `before` is the one without
 * them, and `granted` says which zones the person who asks may use and declassify. A Stop says which one is not as its
 * kind must be.
 */
export const judge = (
  world: World,
  before: World,
  manifests: readonly Manifest[],
  fallback: string,
  granted = allGranted,
): Judged => {
  const judged = manifests.flatMap((manifest) => {
    const judgeKind = judges.get(`${manifest.group}/${manifest.kind}`);
    return judgeKind === undefined ? [] : [judgeKind({ world, before, manifest, fallback, granted })];
  });
  return { judgements: judged, others: manifests.length - judged.length };
};

/** The namespace an object would be created in. */
export const namespaceOf = ({ object }: Manifest, fallback: string): string =>
  text(field(field(object, "metadata"), "namespace")) ?? fallback;

/** Whether a manifest is of a kind whose pods are placed by its namespace. */
export const makesPods = ({ group, kind }: Manifest): boolean => podKinds.has(`${group}/${kind}`);

const pod: Judge = ({ world, manifest, fallback }) => {
  const read = mustRead(manifest, readPod(manifest.object, ""));
  const namespace = namespaceOf(manifest, fallback);
  const question = { namespace, operation: "CREATE", byNode: false, wasGated: false } as const;
  return judgementOf(world, subjectOf(manifest, namespace), place(world, read, question));
};

const workload =
  (kind: WorkloadKind): Judge =>
  ({ world, manifest, fallback }) => {
    const read = mustRead(manifest, readWorkload(manifest.object, kind, ""));
    const namespace = namespaceOf(manifest, fallback);
    const question = { namespace, operation: "CREATE", kind, templateChanged: true } as const;
    return judgementOf(world, subjectOf(manifest, namespace), placeTemplate(world, read, question));
  };

const namespace: Judge = ({ world, before, manifest, granted }) => {
  const name = nameOf(manifest);
  const subject = subjectOf(manifest);
  const [was, zone] = [before.namespaces.get(name)?.zone, world.namespaces.get(name)?.zone];
  const naming = before.namespaces.has(name) ? undefined : nameNamespace(world, name, zone);
  if (naming?.kind === "refused") return judgementOf(world, subject, naming, true);
  const move = { namespace: name, before: was, after: zone };
  const membership = moveNamespace(world, move);
  // What is in the namespace is asked last, as the webhook that knows it is.
  const refused = membership.kind === "refused" && membership.always ? membership : ungranted(move, granted);
  if (refused !== undefined) return judgementOf(world, subject, refused, true);
  if (membership.kind === "refused") return judgementOf(world, subject, membership);
  if (zone === undefined) return judgementOf(world, subject, { kind: "free", reason: "NotInZone" });
  const enforcement = world.zones.get(zone)?.enforcement;
  return { ...accepted(subject, membership.reason), zone, ...(enforcement === undefined ? {} : { enforcement }) };
};

const resource =
  (parse: (raw: unknown) => Parsed<unknown>): Judge =>
  ({ manifest }) => {
    const subject = subjectOf(manifest);
    const parsed = parse(manifest.object);
    if (parsed.ok) return accepted(subject, "Accepted");
    const problems = parsed.problems.map(({ path, message }) => ({ field: path, found: message }));
    return { ...subject, outcome: "refused", reason: "Invalid", problems, ...textOf("Invalid") };
  };

/** A zone may be valid by itself and not beside the others. */
const zone: Judge = (subject) => {
  const { world, manifest } = subject;
  const judged = resource(parseZone)(subject);
  const record = world.zones.get(nameOf(manifest));
  const problems = judged.outcome === "refused" || record === undefined ? [] : namingProblems(world, record);
  const [first] = problems;
  if (first === undefined) return judged;
  const found = problems.map(({ path, message }) => ({ field: path, found: message }));
  return { ...judged, outcome: "refused", reason: first.reason, problems: found, ...textOf(first.reason) };
};

const accepted = (subject: Pick<Judgement, "object" | "file">, reason: Reason): Judgement => ({
  ...subject,
  outcome: "allowed",
  reason,
  problems: [],
  ...textOf(reason),
});

const workloadGroups: Readonly<Record<WorkloadKind, string>> = {
  Deployment: "apps",
  StatefulSet: "apps",
  DaemonSet: "apps",
  ReplicaSet: "apps",
  Job: "batch",
  CronJob: "batch",
};

const podKinds: ReadonlyMap<string, Judge> = new Map([
  ["/Pod", pod],
  ...workloadKinds.map((kind): readonly [string, Judge] => [`${workloadGroups[kind]}/${kind}`, workload(kind)]),
]);

const judges: ReadonlyMap<string, Judge> = new Map([
  ...podKinds,
  ["/Namespace", namespace],
  [`${ourGroup}/ResidencyZone`, zone],
  [`${ourGroup}/RemoteCluster`, resource(parseCluster)],
]);

/** The name of an object, or what stands for it. */
export const nameOf = ({ object }: Manifest): string => {
  const metadata = field(object, "metadata");
  return text(field(metadata, "name")) ?? `${text(field(metadata, "generateName")) ?? "(no name)"}`;
};

const subjectOf = (manifest: Manifest, namespace?: string): Pick<Judgement, "object" | "file"> => {
  const name = namespace === undefined ? nameOf(manifest) : `${namespace}/${nameOf(manifest)}`;
  return { object: `${manifest.kind} ${name}`, file: manifest.file };
};

const mustRead = <T>({ file, kind }: Manifest, read: Parsed<T>): T => {
  if (read.ok) return read.value;
  const [{ path, message } = { path: "", message: "cannot be read" }] = read.problems;
  throw new Stop(
    "unreadable",
    `${file} is no ${kind} that the API server would take: ${path.replace(/^\./, "")} ${message}; mend it.`,
  );
};
