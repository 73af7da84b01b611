import assert from "node:assert/strict";
import { test } from "node:test";
import { must } from "../cluster/client.ts";
import type { KubeObject } from "../cluster/objects.ts";
import { ref } from "../cluster/objects.ts";
import type { Answer } from "../cluster/transport.ts";
import { domicileUser, type People } from "./guards.ts";

const key = "domicile.dev/sealed";
const sealed = ref("v1", "Namespace", "sealed-shop");
const plain = ref("v1", "Namespace", "plain-shop");
const labels = (entries: Readonly<Record<string, string | null>>) => ({ metadata: { labels: entries } });

/** A PUT of the whole object with other labels, which is how `finalize` and `status` are written. */
const put = async (
  { admin }: People,
  target: typeof sealed,
  subresource: string,
  change: (labels: Record<string, string>) => void,
): Promise<Answer<unknown>> => {
  const object = await must(admin.get<KubeObject>(target));
  const next = { ...object.metadata.labels };
  change(next);
  return admin.update({ ...object, metadata: { ...object.metadata, labels: next } }, { subresource });
};

const refused: Readonly<Record<string, (people: People) => Promise<Answer<unknown>>>> = {
  "seals a namespace by hand": ({ admin }) => admin.patch(plain, labels({ [key]: "us" })),
  "seals a namespace with an empty value": ({ admin }) => admin.patch(plain, labels({ [key]: "" })),
  "seals a namespace through namespaces/status": ({ admin }) =>
    admin.patch(plain, labels({ [key]: "us" }), { subresource: "status" }),
  "seals a namespace through namespaces/finalize": (people) =>
    put(people, plain, "finalize", (next) => {
      next[key] = "us";
    }),
  "changes the zone of the seal": ({ admin }) => admin.patch(sealed, labels({ [key]: "eu" })),
  "empties the seal": ({ admin }) => admin.patch(sealed, labels({ [key]: "" })),
  "breaks the seal": ({ admin }) => admin.patch(sealed, labels({ [key]: null })),
  "breaks the seal through namespaces/status": ({ admin }) =>
    admin.patch(sealed, labels({ [key]: null }), { subresource: "status" }),
  "breaks the seal through namespaces/finalize": (people) =>
    put(people, sealed, "finalize", (next) => {
      delete next[key];
    }),
  "takes every label away": ({ admin }) =>
    admin.patch(sealed, [{ op: "remove", path: "/metadata/labels" }], { type: "json" }),
  "edits a namespace as one who may only edit": ({ editor }) => editor.patch(plain, labels({ [key]: "us" })),
};

/** The policy domicile-sealed-label: who may say that a namespace is sealed. */
export const sealedLabelTests = (people: () => People): void => {
  test("Domicile seals a namespace", async () => {
    for (const target of [sealed, plain]) await must(people().admin.create(target));
    const wanted = { ...sealed, metadata: { ...sealed.metadata, labels: { [key]: "us" } } };
    const set = await must(people().domicile.apply(wanted, { fieldManager: "domicile-namespaces", force: true }));
    assert.equal(set.metadata.labels?.[key], "us");
  });

  for (const [what, attempt] of Object.entries(refused))
    test(`refused: whoever ${what}`, async () => {
      const { status, message } = await attempt(people());
      assert.equal(status, 403, message);
      if (what.startsWith("edits")) return;
      assert.match(message, /domicile-sealed-label/);
      assert.match(message, /Namespace (sealed|plain)-shop: the label domicile\.dev\/sealed \(metadata\.labels\)/);
      assert.ok(message.includes(`only by Domicile (${domicileUser})`), message);
      assert.match(message, /plain-shop.*set domicile\.dev\/zone|sealed-shop.*Leave it as it is/);
    });

  test("refused: a namespace that is created sealed", async () => {
    const { status, message } = await people().admin.create({
      ...ref("v1", "Namespace", "born-sealed"),
      metadata: { name: "born-sealed", labels: { [key]: "us" } },
    });
    assert.equal(status, 403, message);
    assert.match(message, /Leave it out: set domicile\.dev\/zone/);
  });

  const level = (value: string | null) => labels({ "pod-security.kubernetes.io/enforce": value });
  test("the Pod Security level of a sealed namespace may be tightened and never loosened (P18)", async () => {
    const { admin } = people();
    await must(admin.patch(sealed, level("baseline")));
    await must(admin.patch(sealed, level("restricted")));
    for (const loose of ["privileged", null]) {
      for (const subresource of [undefined, "status"]) {
        const { status, message } = await admin.patch(sealed, level(loose), subresource ? { subresource } : {});
        assert.equal(status, 403, message);
        assert.match(
          message,
          /enforce \(metadata\.labels\) may not be looser than baseline.*Set baseline or restricted\./,
        );
      }
    }
    await must(admin.patch(plain, level("privileged")));
  });

  test("allowed: other labels of a sealed namespace", async () => {
    await must(people().admin.patch(sealed, labels({ team: "payments" })));
  });

  test("a sealed namespace can be deleted, by the namespace controller to the end", async () => {
    await must(people().admin.delete(sealed));
    await people().admin.untilGone(sealed, { describe: "the sealed namespace is gone" });
    await must(people().admin.delete(plain));
  });
};
