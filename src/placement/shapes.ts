import type { Binding, Pod } from "../api/kubernetes.ts";
import type { Parsed } from "../zone/problem.ts";
import { fields, flag, listOf, mapOf, maybe, nullable, text, under } from "../zone/shape.ts";
import type { Workload, WorkloadKind } from "./template.ts";

const requirement = fields({ key: text, operator: text, values: maybe(listOf(text)) });

const term = fields({
  matchExpressions: nullable(listOf(requirement)),
  matchFields: nullable(listOf(requirement)),
});

const affinity = fields({
  nodeAffinity: nullable(
    fields({
      requiredDuringSchedulingIgnoredDuringExecution: nullable(fields({ nodeSelectorTerms: nullable(listOf(term)) })),
    }),
  ),
});

const toleration = fields({ key: maybe(text), operator: maybe(text), value: maybe(text), effect: maybe(text) });

const metadata = fields({
  annotations: nullable(mapOf(text)),
  ownerReferences: nullable(listOf(fields({ controller: maybe(flag) }))),
});

const pod = fields({
  metadata: nullable(metadata),
  spec: nullable(
    fields({
      nodeName: maybe(text),
      nodeSelector: nullable(mapOf(text)),
      affinity: nullable(affinity),
      tolerations: nullable(listOf(toleration)),
    }),
  ),
});

const binding = fields({
  metadata: nullable(fields({ labels: nullable(mapOf(text)), annotations: nullable(mapOf(text)) })),
  target: nullable(fields({ kind: maybe(text), name: maybe(text), uid: maybe(text) })),
});

const withTemplate = fields({ template: nullable(pod) });
const workload = fields({ metadata: nullable(metadata), spec: nullable(withTemplate) });
const cronJob = fields({
  metadata: nullable(metadata),
  spec: nullable(fields({ jobTemplate: nullable(fields({ spec: nullable(withTemplate) })) })),
});

/**
 * Reads an object as a Pod: the fields that decisions read have their types, the others are untouched. `at` is what the
 * paths of problems begin with.
 */
export const readPod = (object: unknown, at: string): Parsed<Pod> => {
  const problem = pod(object);
  return problem === undefined ? { ok: true, value: object as Pod } : { ok: false, problems: [under(at, problem)] };
};

/** Reads an object as a Binding, in the same way. */
export const readBinding = (object: unknown, at: string): Parsed<Binding> => {
  const problem = binding(object);
  return problem === undefined ? { ok: true, value: object as Binding } : { ok: false, problems: [under(at, problem)] };
};

/** Reads an object as one that makes pods, in the same way. */
export const readWorkload = (object: unknown, kind: WorkloadKind, at: string): Parsed<Workload> => {
  const problem = (kind === "CronJob" ? cronJob : workload)(object);
  return problem === undefined
    ? { ok: true, value: object as Workload }
    : { ok: false, problems: [under(at, problem)] };
};
