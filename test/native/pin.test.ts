import assert from "node:assert/strict";
import { after, before, test, type TestContext } from "node:test";
import { pinName, pinPolicy } from "../../src/native/pin.ts";
import { pin } from "../../src/placement/pin.ts";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { addNode } from "../cluster/nodes.ts";
import { field, ref, type KubeObject, type Manifest } from "../cluster/objects.ts";
import { podOf, removeNamespaces, sentBy, storePods, type Namespaces } from "./stored-pods.ts";

const namespaces: Namespaces = {
  "pin-sealed": ["us", "us"],
  // What is not sealed is for domicile-pods to refuse.
  "pin-unsealed": ["us"],
  "pin-warned": ["warned", "warned"],
  "pin-exempt": ["us", "us"],
  "pin-outside": [],
};
const api = "admissionregistration.k8s.io/v1";
const policy = pinPolicy({
  zones: [],
  named: [],
  approvals: [],
  lenient: ["warned"],
  gone: [],
  schedulers: {},
  exclusive: [],
  open: [],
  exposing: {},
  exempt: ["pin-exempt", "kube-system"],
});
const mutating = (name: string, spec: object): readonly Manifest[] => [
  { ...ref(api, "MutatingAdmissionPolicy", name), spec },
  { ...ref(api, "MutatingAdmissionPolicyBinding", name), spec: { policyName: name } },
];
/** Somebody else's, later in order: it puts another selector in the place of the one that is there, once. */
const replacing = {
  failurePolicy: "Fail",
  reinvocationPolicy: "Never",
  matchConstraints: policy.spec.matchConstraints,
  matchConditions: [{ name: "asked", expression: "'replace' in object.metadata.?labels.orValue({})" }],
  variables: [],
  mutations: [
    {
      patchType: "JSONPatch",
      jsonPatch: { expression: "[JSONPatch{op: 'add', path: '/spec/nodeSelector', value: {'disk': 'ssd'}}]" },
    },
  ],
};
const objects = [...mutating(pinName, policy.spec), ...mutating("zz-replaces", replacing)];

let cluster: Cluster;
let node: KubeObject;
let stored: ReadonlyMap<string, KubeObject>;
/** From Kubernetes 1.36 on. */
let served = false;

before(async () => {
  cluster = await connect();
  const { admin } = cluster;
  type Served = { readonly resources: readonly { readonly name: string }[] };
  const { resources } = await must(admin.send<Served>({ method: "GET", path: `/apis/${api}` }));
  served = resources.some(({ name }) => name === "mutatingadmissionpolicies");
  if (!served) return;
  stored = await storePods(admin, namespaces);
  node = await addNode(cluster, { name: "pin-node", region: "us-phoenix-1" });
  for (const object of objects) await must(admin.create(object));
  await untilPinned(true, "plain");
  await untilPinned(true, "replaced");
});
after(async () => {
  if (served) {
    const { admin } = cluster;
    for (const object of objects.toReversed()) await admin.delete(object);
    await untilPinned(false, "plain");
    await removeNamespaces(admin, namespaces);
    await admin.delete(node);
  }
  await cluster.close();
});

const us = "domicile.dev.node-restriction.kubernetes.io/us";
const create = async (pod: KubeObject, client = cluster.admin): Promise<unknown> =>
  field(await must(client.create(pod, { dryRun: true })), "spec.nodeSelector");
const replaced = podOf("pin-sealed", "replaced", { metadata: { labels: { replace: "" } } });

/** Resolves when the API server heeds both policies, or neither any more. */
const untilPinned = async (pinned: boolean, by: "plain" | "replaced"): Promise<void> => {
  const deadline = AbortSignal.timeout(60_000);
  const pod = by === "plain" ? podOf("pin-sealed", "bare", {}) : replaced;
  for (;;) {
    const selector = (await create(pod)) as Readonly<Record<string, string>> | undefined;
    const heeded = by === "plain" ? us in (selector ?? {}) : "disk" in (selector ?? {});
    if (heeded === pinned) return;
    if (deadline.aborted) throw new Error(`waited 60 s until pods are ${pinned ? "" : "not "}pinned`);
  }
};

const selectors: Readonly<Record<string, Readonly<Record<string, string>> | undefined>> = {
  "no selector": undefined,
  "another selector, which stays": { disk: "ssd" },
  "the zone's own selector": { [us]: "verified" },
  "both, and another zone's": { [us]: "verified", disk: "ssd", [us.replace(/us$/, "eu")]: "verified" },
};

/** Runs what needs MutatingAdmissionPolicy, or says that this API server has none. */
const natively =
  (run: () => Promise<void>) =>
  async (t: TestContext): Promise<void> => {
    if (served) await run();
    else t.skip("this API server has no MutatingAdmissionPolicy, which is served from Kubernetes 1.36 on");
  };

test(
  "natively a pod is pinned as the webhook pins it, whatever it selects by",
  natively(async () => {
    for (const [what, nodeSelector] of Object.entries(selectors))
      for (const namespace of ["pin-sealed", "pin-unsealed"]) {
        const pod = podOf(namespace, "attempt", nodeSelector === undefined ? {} : { spec: { nodeSelector } });
        assert.deepEqual(
          await create(pod),
          field(pin(pod, { zone: "us" }), "spec.nodeSelector"),
          `${what}, in ${namespace}`,
        );
      }
  }),
);

test(
  "P11 what a later policy puts in the selector's place is pinned again",
  natively(async () => {
    assert.deepEqual(await create(replaced), { disk: "ssd", [us]: "verified" });
  }),
);

test(
  "natively a value of the zone's key that matches no node is left for the judge",
  natively(async () => {
    assert.deepEqual(await create(podOf("pin-sealed", "attempt", { spec: { nodeSelector: { [us]: "no" } } })), {
      [us]: "no",
    });
  }),
);

test(
  "natively nothing is pinned outside zones that enforce, and no mirror pod",
  natively(async () => {
    for (const namespace of ["pin-warned", "pin-exempt", "pin-outside"])
      assert.equal(await create(podOf(namespace, "attempt", {})), undefined, namespace);
    const { name = "", uid = "" } = node.metadata;
    const mirror = {
      metadata: {
        annotations: { "kubernetes.io/config.mirror": "x" },
        ownerReferences: [{ apiVersion: "v1", kind: "Node", name, uid, controller: true }],
      },
      spec: { nodeName: name },
    };
    assert.equal(await create(podOf("pin-sealed", "mirror", mirror), await cluster.asNode(name)), undefined);
    // Whoever is no node writes the annotation in vain.
    assert.deepEqual(await create(podOf("pin-sealed", "mirror", mirror)), { [us]: "verified" });
  }),
);

test(
  "natively a gated pod is pinned when it is updated, and one that runs is left as it is",
  natively(async () => {
    for (const [onto, wanted] of [
      ["gated", { [us]: "verified" }],
      ["plain", undefined],
    ] as const) {
      const sent = sentBy(
        {
          namespace: "pin-sealed",
          asker: "administrator",
          onto,
          pod: { metadata: { annotations: { note: "x" } }, spec: {} },
        },
        stored,
      );
      const updated = await must(cluster.admin.update<KubeObject>(sent, { dryRun: true }));
      assert.deepEqual(field(updated, "spec.nodeSelector"), wanted, onto);
    }
  }),
);
