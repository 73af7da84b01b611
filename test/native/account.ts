import assert from "node:assert/strict";
import { before, test } from "node:test";
import { must, type Client } from "../cluster/client.ts";
import { ref, type KubeObject } from "../cluster/objects.ts";
import type { Answer } from "../cluster/transport.ts";
import { bindVia, type Said } from "../e2e/binder.ts";
import { domicileUser, type People } from "./guards.ts";

const name = "domicile-canary";
const canary = "domicile-canary-thieves";
/** A namespace in which somebody else runs a pod of that very name. */
const elsewhere = "thieves-elsewhere";
const manager = { fieldManager: "domicile-canary", force: true } as const;
const dryRun = { dryRun: true } as const;

const namespace = (of: string) => ref("v1", "Namespace", of);
const pod = (of: string, image = "thief"): KubeObject =>
  ({ ...ref("v1", "Pod", name, of), spec: { containers: [{ name: "main", image }] } }) as KubeObject;
const bind = (domicile: Client, of: string, said: Said = {}): Promise<Answer<KubeObject>> =>
  bindVia(domicile, "pods/binding", { namespace: of, name }, { target: { kind: "Node", name: "abroad" }, ...said });

type Table = Readonly<Record<string, readonly [what: string, (domicile: Client) => Promise<Answer<unknown>>]>>;

const refused: Table = {
  "a pod": [`Pod default/${name}`, (domicile) => domicile.apply(pod("default"), manager)],
  "a pod in a canary's namespace": [`Pod ${canary}/${name}`, (domicile) => domicile.apply(pod(canary), manager)],
  "a pod as a dry run elsewhere": [
    `Pod default/${name}`,
    (domicile) => domicile.apply(pod("default"), { ...manager, ...dryRun }),
  ],
  "another image into somebody else's pod of that name": [
    `Pod ${elsewhere}/${name}`,
    (domicile) => domicile.apply(pod(elsewhere), manager),
  ],
  "a binding": [`Binding ${elsewhere}/${name}`, (domicile) => bind(domicile, elsewhere)],
  "a binding in a canary's namespace": [`Binding ${canary}/${name}`, (domicile) => bind(domicile, canary)],
  "a binding as a dry run elsewhere": [`Binding ${elsewhere}/${name}`, (domicile) => bind(domicile, elsewhere, dryRun)],
  "a namespace of another name": ["Namespace thieves may", (domicile) => domicile.create(namespace("thieves"))],
  "a namespace whose name only begins alike": [
    "Namespace domicile-canaryish may",
    (domicile) => domicile.apply(namespace("domicile-canaryish"), manager),
  ],
  "a namespace whose name the API server makes up": [
    "Namespace thieves-",
    (domicile) =>
      domicile.create({ apiVersion: "v1", kind: "Namespace", metadata: { generateName: "thieves-" } } as KubeObject),
  ],
};

/** The policy domicile-account: what a stolen token of Domicile's may write of all that RBAC lets it. */
export const accountTests = (people: () => People): void => {
  before(async () => {
    const { admin, domicile } = people();
    await must(domicile.apply(namespace(canary), manager));
    await must(admin.create(namespace(elsewhere)));
    for (const each of [canary, elsewhere])
      await admin.until(ref("v1", "ServiceAccount", "default", each), () => true, {
        describe: `${each} has its service account`,
      });
    await must(admin.create(pod(elsewhere, "honest")));
  });

  for (const [what, [which, attempt]] of Object.entries(refused))
    test(`O6 a thief of Domicile's token may not write ${what}`, async () => {
      const { status, message } = await attempt(people().domicile);
      assert.equal(status, 403, message);
      assert.ok(message.includes(which), message);
      assert.ok(message.includes(`may not be written by Domicile's own account (${domicileUser})`), message);
      assert.match(message, /docs\/service-account\.md says what to do/);
    });

  test("Domicile makes its canary's namespace, and tries a pod and a binding there as a dry run", async () => {
    const { domicile } = people();
    const tried = await domicile.apply(pod(canary), { ...manager, ...dryRun });
    assert.ok(tried.ok, tried.message);
    // Whoever looks for the pod has let the binding pass.
    assert.equal((await bind(domicile, canary, dryRun)).status, 404);
  });

  test("whoever else writes pods of that name, and namespaces, is not asked", async () => {
    const { admin } = people();
    const made = await admin.create(pod(canary, "honest"), dryRun);
    assert.ok(made.ok, made.message);
    const other = await admin.create(namespace("thieves-elsewhere-too"), dryRun);
    assert.ok(other.ok, other.message);
  });

  test("both namespaces go again", async () => {
    const { admin } = people();
    for (const each of [canary, elsewhere]) await must(admin.delete(namespace(each)));
    for (const each of [canary, elsewhere]) await admin.untilGone(namespace(each), { describe: `${each} is gone` });
  });
};
