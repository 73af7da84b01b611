import * as fc from "fast-check";
import type { Manifest } from "../../cluster/objects.ts";
import { abroad, disk, home, taint } from "./nodes.ts";

const prefix = "domicile.dev.node-restriction.kubernetes.io/";

/** One requirement of a node selector term. */
export type Requirement = { readonly key: string; readonly operator: string; readonly values?: readonly string[] };
/** One of the terms that are ORed. */
export type Term = {
  readonly matchExpressions?: readonly Requirement[];
  readonly matchFields?: readonly Requirement[];
};

/** A pod as chance made it: what decides where it may run, and where it came from. */
export type RandomPod = {
  readonly nodeName?: string;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly terms: readonly Term[];
  readonly tolerates: boolean;
  readonly scheduler?: string;
  readonly gated: boolean;
  readonly owner?: string;
  readonly annotations: Readonly<Record<string, string>>;
};

/** Keys by which nodes say where they are, with the values that Oracle's nodes here bear. */
const location = {
  "topology.kubernetes.io/region": [...home, ...abroad, "phx", "us-newark-1"],
  "failure-domain.beta.kubernetes.io/region": [...home, ...abroad, "phx"],
  "topology.kubernetes.io/zone": ["US-SALTLAKE-2-AD-1", "US-SANJOSE-1-AD-2", "EU-FRANKFURT-1-AD-1", "PHX-AD-1"],
} as const;

/** Pods of a zone: `nodes` may be named, `foreign` is another zone. */
export const randomPods = (zone: string, foreign: string, nodes: readonly string[]): fc.Arbitrary<RandomPod> => {
  const own = `${prefix}${zone}`;
  const places = fc.oneof(
    ...Object.entries(location).map(([key, values]) => fc.tuple(fc.constant(key), fc.constantFrom(...values))),
  );
  const entry = fc.oneof(
    { weight: 4, arbitrary: places },
    { weight: 4, arbitrary: fc.tuple(fc.constant<string>(disk.key), fc.constantFrom(...disk.values)) },
    { weight: 4, arbitrary: fc.constant<[string, string]>([own, "verified"]) },
    { weight: 1, arbitrary: fc.constant<[string, string]>([own, "yes"]) },
    { weight: 1, arbitrary: fc.constant<[string, string]>([`${prefix}${foreign}`, "verified"]) },
  );
  const requirement = fc.oneof(
    places.chain(([key]) =>
      fc.record({
        key: fc.constant(key),
        operator: fc.constantFrom("In", "NotIn"),
        values: fc.uniqueArray(fc.constantFrom(...location[key as keyof typeof location]), {
          minLength: 1,
          maxLength: 3,
        }),
      }),
    ),
    fc.record({ key: fc.constantFrom<string>(disk.key, own), operator: fc.constantFrom("Exists", "DoesNotExist") }),
    fc.record({
      key: fc.constant(own),
      operator: fc.constantFrom("In", "NotIn"),
      values: fc.constant(["verified"]),
    }),
  );
  const term = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ matchExpressions: fc.array(requirement, { minLength: 1, maxLength: 2 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        matchFields: fc
          .record({
            key: fc.constant("metadata.name"),
            operator: fc.constantFrom("In", "NotIn"),
            values: fc.constantFrom(...nodes).map((name) => [name]),
          })
          .map((one) => [one]),
      }),
    },
  );
  const seldom = <T>(value: fc.Arbitrary<T>, weight = 1) =>
    fc.oneof({ weight: 14, arbitrary: fc.constant(undefined) }, { weight, arbitrary: value });
  return fc
    .record({
      nodeName: seldom(fc.constantFrom(...nodes, "nowhere")),
      entries: fc.array(entry, { maxLength: 2 }),
      terms: fc.oneof(
        { weight: 2, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(term, { minLength: 1, maxLength: 3 }) },
      ),
      tolerates: fc.boolean(),
      scheduler: seldom(fc.constant("of-ones-own")),
      gated: fc.boolean(),
      owner: seldom(fc.constantFrom("ReplicaSet", "DaemonSet", "Job"), 4),
      annotations: fc.oneof(
        { weight: 14, arbitrary: fc.constant({}) },
        { weight: 1, arbitrary: fc.constant({ "k8s.v1.cni.cncf.io/networks": "open" }) },
      ),
    })
    .map(({ entries, nodeName, scheduler, owner, ...pod }) => ({
      ...pod,
      nodeSelector: Object.fromEntries(entries),
      ...(nodeName === undefined ? {} : { nodeName }),
      ...(scheduler === undefined ? {} : { scheduler }),
      ...(owner === undefined ? {} : { owner }),
    }));
};

/** The pod as it is sent; `uids` are those of objects that may own pods, by kind. */
export const manifestOf = (
  pod: RandomPod,
  name: string,
  namespace: string,
  uids: Readonly<Record<string, string>>,
): Manifest => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    name,
    namespace,
    annotations: pod.annotations,
    ...(pod.owner === undefined
      ? {}
      : {
          ownerReferences: [
            {
              apiVersion: pod.owner === "Job" ? "batch/v1" : "apps/v1",
              kind: pod.owner,
              name: "owner",
              uid: uids[pod.owner],
              controller: false,
            },
          ],
        }),
  },
  spec: {
    containers: [{ name: "main", image: "example/app" }],
    nodeSelector: pod.nodeSelector,
    ...(pod.nodeName === undefined ? {} : { nodeName: pod.nodeName }),
    ...(pod.terms.length === 0
      ? {}
      : {
          affinity: {
            nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: pod.terms } },
          },
        }),
    ...(pod.tolerates ? { tolerations: [{ key: taint.key, operator: "Exists" }] } : {}),
    ...(pod.scheduler === undefined ? {} : { schedulerName: pod.scheduler }),
    ...(pod.gated ? { schedulingGates: [{ name: "example/later" }] } : {}),
  },
});
