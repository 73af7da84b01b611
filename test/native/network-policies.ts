import assert from "node:assert/strict";
import { test } from "node:test";
import { must } from "../cluster/client.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { KubeObject, Manifest, Ref } from "../cluster/objects.ts";
import { ref } from "../cluster/objects.ts";
import type { Answer } from "../cluster/transport.ts";
import { domicileUser, removePolicies, untilStatus, type People } from "./guards.ts";

const isolated = { podSelector: {}, policyTypes: ["Ingress", "Egress"], ingress: [], egress: [] };
const policy = (name: string, namespace: string): Ref => ref("networking.k8s.io/v1", "NetworkPolicy", name, namespace);
const written = (name: string, namespace: string): Manifest => ({ ...policy(name, namespace), spec: isolated });
const namespace = (name: string, labels: Readonly<Record<string, string>>): Manifest => ({
  ...ref("v1", "Namespace", name),
  metadata: { name, labels },
});

/** Joined and not yet sealed, left and still sealed, and neither. */
const [joined, leaving, plain] = ["policies-joined", "policies-leaving", "policies-plain"] as const;
const ours = ["domicile-isolate", "domicile-allow", "domicile-allow-2", "domicile-allow-17"] as const;
const theirs = ["web", "domicile-allowance", "domicile-allow-x", "domicile-allow-1", "my-domicile-allow"] as const;

type Attempt = (people: People, namespace: string) => Promise<Answer<unknown>>;

const refused: Readonly<Record<string, Attempt>> = {
  "widens our policy": ({ editor }, at) =>
    editor.patch(policy("domicile-isolate", at), { spec: { egress: [{}] } }, { type: "merge" }),
  "labels our policy": ({ editor }, at) =>
    editor.patch(policy("domicile-isolate", at), { metadata: { labels: { a: "b" } } }),
  "gives our policy an owner, for garbage collection to delete": ({ editor }, at) =>
    editor.patch(policy("domicile-isolate", at), {
      metadata: { ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", name: "gone", uid: "gone" }] },
    }),
  "deletes our policy": ({ editor }, at) => editor.delete(policy("domicile-isolate", at)),
  "deletes our policy as administrator": ({ admin }, at) => admin.delete(policy("domicile-allow", at)),
  "writes a policy under a name of ours": ({ editor }, at) => editor.create(written("domicile-allow-99", at)),
};

/** The policy domicile-policies: who may write the NetworkPolicies that isolate zone namespaces. */
export const networkPolicyTests = (cluster: () => Cluster, people: () => People): void => {
  test("Domicile writes, changes and deletes its policies", async () => {
    const { admin, domicile } = people();
    await must(admin.create(namespace(joined, { "domicile.dev/zone": "us" })));
    await must(admin.create(namespace(leaving, {})));
    await must(admin.create(namespace(plain, {})));
    const sealed = namespace(leaving, { "domicile.dev/sealed": "us" });
    await must(domicile.apply(sealed, { fieldManager: "domicile-namespaces", force: true }));
    for (const at of [joined, leaving]) {
      for (const name of ours) await must(domicile.create(written(name, at)));
      const change = { spec: { egress: [{ ports: [{ port: 53 }] }] } };
      await must(domicile.patch(policy("domicile-allow-2", at), change));
      await must(domicile.delete(policy("domicile-allow-17", at)));
    }
  });

  for (const at of [joined, leaving])
    for (const [what, attempt] of Object.entries(refused))
      test(`refused in ${at}: whoever ${what}`, async () => {
        const { status, message } = await attempt(people(), at);
        assert.equal(status, 403, message);
        assert.match(message, /domicile-policies/);
        assert.match(message, new RegExp(`NetworkPolicy ${at}/domicile-(isolate|allow(-99)?) may be`));
        assert.ok(message.includes(`only by Domicile (${domicileUser}), because it isolates the pods of zone us.`));
        assert.match(message, /change spec\.egress or spec\.ingress of the ResidencyZone us/);
      });

  test("refused: whoever deletes all policies of the namespace at once", async () => {
    const path = `/apis/networking.k8s.io/v1/namespaces/${joined}/networkpolicies`;
    const { status, message } = await people().admin.send({ method: "DELETE", path });
    assert.equal(status, 403, message);
    await must(people().admin.get(policy("domicile-isolate", joined)));
  });

  for (const name of theirs)
    test(`allowed: an editor's own policy ${name} in a zone namespace`, async () => {
      await must(people().editor.create(written(name, joined)));
      await must(people().editor.delete(policy(name, joined)));
    });

  test("allowed: a policy of our name where no zone is", async () => {
    await must(people().editor.create(written("domicile-isolate", plain)));
    await must(people().editor.delete(policy("domicile-isolate", plain)));
  });

  for (const [who, verb] of [
    ["the namespace controller, when it changes our policy instead of deleting it", "annotate"],
    ["the garbage collector, which has nothing to collect: our policies have no owner", "delete"],
  ] as const)
    test(`refused: ${who}`, async () => {
      const name = verb === "delete" ? "generic-garbage-collector" : "namespace-controller";
      const as = [`--as=system:serviceaccount:kube-system:${name}`, "--as-group=system:masters"];
      const change = [verb, "networkpolicies", "domicile-isolate", `--namespace=${joined}`];
      const { code, stderr } = await cluster().kubectl([...change, ...(verb === "annotate" ? ["a=b"] : []), ...as]);
      assert.notEqual(code, 0);
      assert.match(stderr, /domicile-policies.*may be created, changed or deleted only by Domicile/);
    });

  test("an owner planted on our policy before the namespace joined does not take it along", async () => {
    const { admin, editor, domicile } = people();
    const at = "policies-planted";
    await must(admin.create(namespace(at, {})));
    const owner = await must(editor.create<KubeObject>(ref("v1", "ConfigMap", "bait", at)));
    const { uid } = owner.metadata;
    const ownerReferences = [{ apiVersion: "v1", kind: "ConfigMap", name: "bait", uid }];
    const names = ["domicile-isolate", "witness"];
    for (const name of names)
      await must(editor.create({ ...written(name, at), metadata: { name, namespace: at, ownerReferences } }));
    await must(
      domicile.apply(namespace(at, { "domicile.dev/sealed": "us" }), {
        fieldManager: "domicile-namespaces",
        force: true,
      }),
    );
    await untilStatus(403, () => editor.delete(policy("domicile-isolate", at), { dryRun: true }));
    await must(editor.delete(owner));
    await admin.untilGone(policy("witness", at), { describe: "the garbage collector has collected the witness" });
    await must(admin.get(policy("domicile-isolate", at)));
    await must(admin.delete(ref("v1", "Namespace", at)));
    await admin.untilGone(ref("v1", "Namespace", at), { describe: "the namespace is gone with the policy in it" });
  });

  test("a zone namespace can be deleted with the policies in it", async () => {
    await must(people().admin.delete(ref("v1", "Namespace", joined)));
    await people().admin.untilGone(ref("v1", "Namespace", joined), { describe: "the zone namespace is gone" });
  });

  test("after an uninstall, which leaves policies and takes the guard, anyone may delete them", async () => {
    await removePolicies(cluster());
    await untilStatus(200, () => people().editor.delete(policy("domicile-isolate", leaving), { dryRun: true }));
    for (const name of ours.slice(0, 3)) await must(people().editor.delete(policy(name, leaving)));
    await must(people().admin.delete(ref("v1", "Namespace", leaving)));
    await must(people().admin.delete(ref("v1", "Namespace", plain)));
  });
};
