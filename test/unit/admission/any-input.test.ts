import assert from "node:assert/strict";
import { after, test } from "node:test";
import * as fc from "fast-check";
import { paths } from "../../../src/admission/paths.ts";
import { pod, post, review, serve, type Answered } from "./reviews.ts";

const app = serve();
after(() => app.close());
const everyPath = Object.values(paths);

const stillAnswers = async (): Promise<void> => {
  const { body } = await post(app, paths.mutatePods, review(pod()));
  assert.equal(body.response.patchType, "JSONPatch");
};

/** Whether there is an answer with a sentence, and no fault of ours in it. */
const told = ({ status, body }: Answered): boolean => {
  if (status !== 200) return status < 500 && (body.message ?? "").length > 20;
  const { uid, allowed, status: failure } = body.response;
  return (
    typeof uid === "string" && (allowed || (failure !== undefined && failure.code < 500 && failure.message !== ""))
  );
};

for (const url of everyPath) {
  test(`O5 any JSON at ${url} is answered with a reason`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), async (value) => told(await post(app, url, value))),
    );
    await stillAnswers();
  });

  test(`O5 any JSON in any place of a review at ${url} is answered with a reason`, async () => {
    const places = ["kind", "operation", "namespace", "userInfo", "object", "oldObject", "uid", "subResource", "name"];
    const kinds = ["Pod", "Deployment", "CronJob", "Job", "Secret"].map((kind) => ({
      group: kind === "Pod" ? "" : kind.endsWith("ob") ? "batch" : "apps",
      version: "v1",
      kind,
    }));
    const fields = [
      "metadata",
      "spec",
      "template",
      "jobTemplate",
      "nodeSelector",
      "affinity",
      "annotations",
      "nodeName",
    ];
    const strange = fc.letrec((tie) => ({
      object: fc.dictionary(fc.constantFrom(...fields, "ownerReferences", "nodeAffinity"), tie("value"), {
        maxKeys: 4,
      }),
      value: fc.oneof({ depthSize: "small" }, fc.jsonValue({ maxDepth: 2 }), tie("object")),
    })).object;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...places),
        fc.constantFrom(...kinds),
        fc.constantFrom("CREATE", "UPDATE"),
        fc.jsonValue({ maxDepth: 3 }),
        strange,
        async (place, kind, operation, value, object) =>
          told(await post(app, url, review(object, { kind, operation, oldObject: object, [place]: value }))) &&
          told(await post(app, url, review(object, { kind, operation }))),
      ),
    );
    await stillAnswers();
  });
}
