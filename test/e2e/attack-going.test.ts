import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { askAnchors } from "../../src/controllers/anchors.ts";
import { reconcileNamespace } from "../../src/controllers/namespaces.ts";
import { reconcileRegistration, type HalfParts } from "../../src/controllers/registration.ts";
import { webhooksWanted } from "../../src/controllers/webhook-registration.ts";
import { paths } from "../../src/admission/paths.ts";
import { loadCredentials } from "../../src/kube/credentials.ts";
import { failedWith } from "../../src/kube/failure.ts";
import { connect as connectTransport, type Transport } from "../../src/kube/transport.ts";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { field, ref, type KubeObject, type Manifest } from "../cluster/objects.ts";
import * as known from "../unit/world.ts";
import { home } from "./domicile.ts";
import { deploymentOf, namespaceOf } from "./resources.ts";

const { signal } = new AbortController();
const at = "going";
let cluster: Cluster;
let transport: Transport;

before(async () => {
  cluster = await connect();
  transport = connectTransport(loadCredentials({ kubeconfig: cluster.session.kubeconfig }));
  await must(cluster.admin.create(namespaceOf(at)));
});
after(async () => {
  await transport.close();
  await cluster.close();
});

/** Makes an object, and deletes it in such a way that it stays until the test lets it go. */
const makeGoing = async (object: Manifest): Promise<void> => {
  const metadata = { ...object.metadata, finalizers: ["example.com/stays"] };
  await must(cluster.admin.create({ ...object, metadata } as KubeObject));
  await must(cluster.admin.delete(object));
};
const letGo = (object: Manifest): Promise<unknown> =>
  must(cluster.admin.patch(object, { metadata: { finalizers: null } }));

/** Which Service the stored configuration calls: other files' zones change the rest of it meanwhile. */
const calledService = async (): Promise<unknown> => {
  const found = ref("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "domicile");
  return field(await must(cluster.admin.get<KubeObject>(found)), "webhooks.0.clientConfig.service.name");
};

const unseen = { now: () => undefined, last: () => undefined };
const half = (owner: string, deployment: { readonly namespace: string; readonly name: string }): HalfParts => ({
  anchors: { heard: () => undefined, ask: askAnchors(transport, { owner, deployment }) },
  compile: webhooksWanted({
    world: known.world({}),
    live: { mutating: unseen, validating: unseen },
    settings: { service: { name: "none", namespace: at, port: 443 }, paths, timeoutSeconds: 1 },
    caBundle: () => "",
    exempt: () => [],
    judgedNatively: () => false,
    user: "none",
    owner,
  }),
});
const hindrances: (string | undefined)[] = [];
const register = (owner: string, deployment: { readonly namespace: string; readonly name: string }) =>
  reconcileRegistration({
    transport,
    events: { report: async () => undefined },
    halves: { webhooks: half(owner, deployment), nativePolicies: half(owner, deployment) },
    repaired: () => undefined,
    hindered: (_half, why) => void hindrances.push(why),
  })("webhooks", signal);

const role: Manifest = { ...ref("rbac.authorization.k8s.io/v1", "ClusterRole", "going-owner"), rules: [] };
const deployment: Manifest = deploymentOf("going", at, 0);
const ours = { namespace: home, name: "domicile" };

const uninstalls: Readonly<Record<string, readonly [Manifest, () => ReturnType<typeof register>]>> = {
  "the owner of the webhook configurations is being deleted": [role, () => register("going-owner", ours)],
  "the Deployment is being deleted": [
    deployment,
    () => register("domicile-webhooks", { namespace: at, name: "going" }),
  ],
};
for (const [sentence, [object, look]] of Object.entries(uninstalls))
  test(`while ${sentence} nothing is registered (O4)`, async () => {
    await makeGoing(object);
    const why = `${object.kind} ${object.metadata.name} is being deleted.`;
    assert.deepEqual(await look(), { kind: "hopeless", why });
    assert.equal(hindrances.at(-1), why);
    assert.equal(await calledService(), "domicile-webhook");
    await letGo(object);
  });

for (const registered of [false, true])
  test(`a namespace whose pods ${registered ? "are" : "are not yet"} judged by webhooks is ${registered ? "" : "not "}sealed`, async () => {
    // In the cluster it is in no zone, so the real Domicile leaves it alone, and the seal is refused for that.
    const record = known.zoneRecord(known.zone());
    const namespace = known.namespace(at, { sealed: undefined });
    const { metadata } = await must(cluster.admin.get(ref("v1", "Namespace", at)));
    const reconcile = reconcileNamespace({
      transport,
      world: known.world({ zones: [record], namespaces: [{ ...namespace, uid: String(metadata.uid) }] }),
      events: { report: async () => undefined },
      policiesOf: () => ({ kind: "compiled", specs: [], missing: [] }),
      registered: () => registered,
      repaired: () => undefined,
    });
    if (registered) await assert.rejects(reconcile(at, signal), (problem) => failedWith(problem, "invalid"));
    else assert.deepEqual(await reconcile(at, signal), { kind: "settled" });
  });
