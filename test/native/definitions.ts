import assert from "node:assert/strict";
import { test } from "node:test";
import { must } from "../cluster/client.ts";
import type { Manifest } from "../cluster/objects.ts";
import { ref } from "../cluster/objects.ts";
import { untilStatus, type People } from "./guards.ts";

const definition = (group: string): Manifest => ({
  ...ref("apiextensions.k8s.io/v1", "CustomResourceDefinition", `probes.${group}`),
  spec: {
    group,
    names: { plural: "probes", kind: "Probe" },
    scope: "Cluster",
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
});
const ours = definition("domicile.dev");
const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** Deleting a definition deletes all of its objects: refused until the definition itself says that it is meant. */
export const definitionTests = (people: () => People): void => {
  test("O2 whoever deletes a definition of ours is refused, told what goes with it, and what to do if it is meant", async () => {
    const { admin } = people();
    await must(admin.create(ours));
    await untilStatus(403, () => admin.delete(ours, { dryRun: true }));
    const { message } = await admin.delete(ours);
    assert.match(
      message,
      /probes\.domicile\.dev may not be deleted, because every Probe in the cluster would be deleted/,
    );
    assert.match(message, /kubectl annotate crd probes\.domicile\.dev domicile\.dev\/deletion=allowed/);
  });

  test("O2 a whole collection of definitions is refused too", async () => {
    const { status } = await people().admin.send({ method: "DELETE", path, query: { dryRun: "All" } });
    assert.equal(status, 403);
  });

  test("O2 another value of the annotation that allows it does not count", async () => {
    const { admin } = people();
    await must(admin.patch(ours, { metadata: { annotations: { "domicile.dev/deletion": "maybe" } } }));
    assert.equal((await admin.delete(ours)).status, 403);
  });

  test("a definition that says so may be deleted", async () => {
    const { admin } = people();
    await must(admin.patch(ours, { metadata: { annotations: { "domicile.dev/deletion": "allowed" } } }));
    await must(admin.delete(ours));
    await admin.untilGone(ours, { describe: "the definition is gone" });
  });

  test("definitions of others are none of its business", async () => {
    const { admin } = people();
    const others = definition("example.com");
    await must(admin.create(others));
    await must(admin.delete(others));
  });
};
