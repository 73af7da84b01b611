import type { Pod } from "../api/kubernetes.ts";
import { readPod, readWorkload } from "../placement/shapes.ts";
import type { Workload, WorkloadKind } from "../placement/template.ts";
import type { PodFacts } from "../zone/facts.ts";
import { field, fields, items, text } from "../zone/json.ts";
import { projectPod } from "../zone/pod-facts.ts";

/** Who manages an object: its controller. */
export type Owner = { readonly kind: string; readonly name: string };

/** What is kept of a pod that runs or waits. */
export type RunningPod = { readonly facts: PodFacts; readonly owner: Owner | undefined; readonly pod: Pod };

/** What is kept of an object that makes pods. */
export type RunningWorkload = {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
  readonly owner: Owner | undefined;
  readonly workload: Workload;
};

/** What is kept of a Pod; undefined for one that has ended, which nothing breaks. */
export const projectRunningPod = (raw: unknown): RunningPod | undefined => {
  const facts = projectPod(raw);
  const read = readPod(light(raw), "");
  return facts === undefined || facts.ended || !read.ok ? undefined : { facts, owner: ownerOf(raw), pod: read.value };
};

/** What is kept of a workload of one kind. */
export const projectRunningWorkload =
  (kind: WorkloadKind) =>
  (raw: unknown): RunningWorkload | undefined => {
    const metadata = field(raw, "metadata");
    const [namespace, name] = [text(field(metadata, "namespace")), text(field(metadata, "name"))];
    const read = readWorkload(lightWorkload(raw, kind), kind, "");
    if (namespace === undefined || name === undefined || !read.ok) return undefined;
    return { kind, namespace, name, owner: ownerOf(raw), workload: read.value };
  };

/** The controller of an object, if it has one. */
export const ownerOf = (raw: unknown): Owner | undefined => {
  const owner = items(field(field(raw, "metadata"), "ownerReferences")).find(
    (reference) => field(reference, "controller") === true,
  );
  const [kind, name] = [text(field(owner, "kind")), text(field(owner, "name"))];
  return kind === undefined || name === undefined ? undefined : { kind, name };
};

/** The scheduler's choice is no wish of whoever made the pod. */
export const unbound = ({ spec, ...pod }: Pod): Pod => {
  const { nodeName: _, ...rest } = spec ?? {};
  return { ...pod, spec: rest };
};

/** Thousands of pods are kept at once, and what runs in them decides nothing: neither does it belong in our memory. */
const light = (raw: unknown): unknown => {
  const {
    containers: _c,
    initContainers: _i,
    ephemeralContainers: _e,
    volumes: _v,
    ...spec
  } = fields(field(raw, "spec")) ?? {};
  return { metadata: field(raw, "metadata"), spec };
};

const lightWorkload = (raw: unknown, kind: WorkloadKind): unknown => {
  const spec = field(raw, "spec");
  const withTemplate = (holder: unknown) => ({ template: light(field(holder, "template")) });
  return {
    metadata: field(raw, "metadata"),
    spec:
      kind === "CronJob"
        ? { jobTemplate: { spec: withTemplate(field(field(spec, "jobTemplate"), "spec")) } }
        : withTemplate(spec),
  };
};
