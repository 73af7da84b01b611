import assert from "node:assert/strict";
import * as fc from "fast-check";
import { after, before, test } from "node:test";
import { validatePod } from "../../src/admission/pods.ts";
import type { Review } from "../../src/admission/review.ts";
import { podsPolicy } from "../../src/native/pods.ts";
import { must, type Client } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { addNode } from "../cluster/nodes.ts";
import { ref, type KubeObject } from "../cluster/objects.ts";
import type { Answer } from "../cluster/transport.ts";
import * as known from "../unit/world.ts";
import { untilStatus } from "./guards.ts";
import { policyObjects } from "./policy-objects.ts";
import { requests, type Asker, type Request } from "./random-pods.ts";
import { podOf, removeNamespaces, sentBy, storePods, type Namespaces } from "./stored-pods.ts";

const runs = Number(process.env["DOMICILE_AGREE_RUNS"] ?? 400);
const seed = Number(process.env["DOMICILE_AGREE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

const namespaces: Namespaces = {
  "agree-sealed": ["us", "us"],
  "agree-sealed-too": ["us", "us"],
  "agree-unsealed": ["us"],
  "agree-moved": ["us", "eu"],
  "agree-gone": ["ghost", "ghost"],
  "agree-unknown": ["phantom"],
  "agree-warned": ["warned"],
  "agree-exempt": ["us"],
  "agree-outside": [],
};
const exempt = ["agree-exempt", "kube-system"];
const policies = [
  podsPolicy({
    zones: [],
    named: [],
    approvals: [],
    lenient: ["warned"],
    schedulers: {},
    exclusive: [],
    open: [],
    exposing: {},
    gone: ["ghost"],
    exempt,
  }),
];
const world = known.world({
  zones: [
    known.zoneRecord(known.zone({ regions: [known.region("us-phoenix-1")] })),
    known.zoneRecord(known.zone({ name: "eu" })),
    known.zoneRecord(known.zone({ name: "warned", enforcement: "Warn" })),
  ],
  namespaces: Object.entries(namespaces).map(([name, [zone, sealed]]) => known.namespace(name, { zone, sealed })),
});

let cluster: Cluster;
let clients: Readonly<Record<Asker, Client>>;
let node: { readonly name: string; readonly uid: string };
let stored: ReadonlyMap<string, KubeObject>;

const objects = policyObjects(policies);

before(async () => {
  cluster = await connect();
  const { admin } = cluster;
  const { metadata } = await addNode(cluster, { name: "agree-node", region: "us-phoenix-1" });
  node = { name: "agree-node", uid: metadata.uid ?? "" };
  clients = {
    administrator: admin,
    node: await cluster.asNode(node.name),
    "pretended node": await cluster.as({ user: "system:node:pretended", groups: ["system:masters"] }),
  };
  stored = await storePods(admin, namespaces);
  for (const object of objects) await must(admin.create(object));
  await untilStatus(403, () => admin.create(podOf("agree-unsealed", "probe", {}), { dryRun: true }));
});

after(async () => {
  const { admin } = cluster;
  for (const object of objects.toReversed()) await admin.delete(object);
  await admin.delete(ref("v1", "Node", "agree-node"));
  await removeNamespaces(admin, namespaces);
  await cluster.close();
});

/** What native policy answers: undefined, or the sentence of a refusal. */
const askNative = async (request: Request): Promise<string | undefined> => {
  const client = clients[request.asker];
  const object = sentBy(request, stored);
  const answer: Answer<unknown> =
    request.onto === "nothing"
      ? await client.create(object, { dryRun: true })
      : await client.update(object, { dryRun: true });
  if (answer.ok) return undefined;
  const [, sentence] = /'domicile-pods' with binding 'domicile-pods' denied request: (.*)$/s.exec(answer.message) ?? [];
  assert.ok(sentence !== undefined && answer.status === 403, `${answer.status} ${answer.message}`);
  return sentence;
};

/** What the validating webhook would answer, where the API server calls it. */
const askWebhook = (request: Request): string | undefined => {
  const [zone] = namespaces[request.namespace] ?? [];
  if (zone === undefined || exempt.includes(request.namespace)) return undefined;
  const user: Readonly<Record<Asker, Review["user"]>> = {
    administrator: { name: "admin", groups: ["system:masters"] },
    node: { name: `system:node:${node.name}`, groups: ["system:nodes", "system:authenticated"] },
    "pretended node": { name: "system:node:pretended", groups: ["system:masters"] },
  };
  const review: Review = {
    uid: "1",
    operation: request.onto === "nothing" ? "CREATE" : "UPDATE",
    kind: { group: "", version: "v1", kind: "Pod" },
    subresource: "",
    namespace: request.namespace,
    dryRun: true,
    name: "random",
    user: user[request.asker],
    object: sentBy(request, stored),
    oldObject: stored.get(`${request.namespace}/${request.onto}`),
  };
  const { outcome } = validatePod(world, review, { zone: undefined });
  return outcome.kind === "denied" ? outcome.message : undefined;
};

const reasonOf = (sentence: string | undefined): string => /\((\w+)\)$/.exec(sentence ?? "")?.[1] ?? "allowed";

/**
 * The whole difference, in reasons. Native policy does not know where regions lie, so what asks for nodes abroad and is
 * not pinned is refused for the missing selector; and it does not know which zones there are, so what is in none of
 * them is refused for not being sealed.
 */
const mayDiffer: Readonly<Record<string, string>> = {
  NodeAffinityOutsideZone: "SelectorMissing",
  NodeSelectorOutsideZone: "SelectorMissing",
  ZoneNotFound: "NamespaceNotSealed",
};
const abroad = /spec\.nodeSelector\[topology\.kubernetes\.io|nodeSelectorTerms|namespace agree-unknown/;

test("P1 P9 P18 P21 native policy and webhook give the same answer, in the same words, to random pods", async (t) => {
  t.diagnostic(`DOMICILE_AGREE_SEED=${seed} DOMICILE_AGREE_RUNS=${runs}`);
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(requests(Object.keys(namespaces), node), async (request) => {
      const [native, webhook] = [await askNative(request), askWebhook(request)];
      const key = `${reasonOf(webhook)}${native === webhook ? "" : ` by webhook, ${reasonOf(native)} natively`}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
      if (webhook !== undefined && abroad.test(webhook) && native !== webhook)
        assert.equal(reasonOf(native), mayDiffer[reasonOf(webhook)], `${native} / ${webhook}`);
      else assert.equal(native, webhook);
    }),
    { seed, numRuns: runs },
  );
  for (const [key, count] of [...seen].toSorted()) t.diagnostic(`${count} ${key}`);
});
