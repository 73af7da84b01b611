import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { patchBetween } from "../../../src/admission/patch.ts";
import { paths } from "../../../src/admission/paths.ts";
import { apply } from "./apply.ts";
import { pod, post, review, selector, serve } from "./reviews.ts";

const app = serve();

/** What the API server would hold after our patch. */
const patched = async (object: unknown, request: object = {}, url: string = paths.mutatePods): Promise<unknown> => {
  const { body } = await post(app, url, review(object, request));
  assert.equal(body.response.allowed, true, JSON.stringify(body));
  if (body.response.patch === undefined) return object;
  return apply(structuredClone(object), JSON.parse(Buffer.from(body.response.patch, "base64").toString()));
};

/** The object as text without its selector: all that must survive to the byte. */
const rest = (object: unknown): string => {
  const copy = structuredClone(object) as { spec?: { nodeSelector?: Record<string, string> } };
  if (copy.spec?.nodeSelector !== undefined)
    for (const key of Object.keys(selector)) delete copy.spec.nodeSelector[key];
  if (Object.keys(copy.spec?.nodeSelector ?? { some: 1 }).length === 0) delete copy.spec?.nodeSelector;
  return JSON.stringify(copy);
};

describe("the patch is only the difference", () => {
  const cases: Record<string, { received: object; wanted: object; patch: readonly object[] }> = {
    "nothing when both are equal": { received: { a: [1] }, wanted: { a: [1] }, patch: [] },
    "slashes and tildes in keys are escaped": {
      received: { s: { "a~b": "1" } },
      wanted: { s: { "a~b": "2", "x.io/y": "z" } },
      patch: [
        { op: "add", path: "/s/x.io~1y", value: "z" },
        { op: "replace", path: "/s/a~0b", value: "2" },
      ],
    },
    "what is missing is added whole": {
      received: { spec: {} },
      wanted: { spec: { nodeSelector: selector } },
      patch: [{ op: "add", path: "/spec/nodeSelector", value: selector }],
    },
    "null is replaced": {
      received: { spec: { nodeSelector: null } },
      wanted: { spec: { nodeSelector: selector } },
      patch: [{ op: "replace", path: "/spec/nodeSelector", value: selector }],
    },
  };
  for (const [name, { received, wanted, patch }] of Object.entries(cases))
    test(name, () => assert.deepEqual(patchBetween(received, wanted), patch));
});

const key = fc.string({ minLength: 1, unit: fc.constantFrom(..."ab/~.-_"), maxLength: 6 });
const anything = fc.jsonValue({ maxDepth: 3 });
const labels = fc.dictionary(key, fc.string());
const pods = fc
  .record(
    { nodeSelector: fc.option(labels, { nil: null }), volumes: anything, containers: anything, "x/y~z": anything },
    { requiredKeys: [] },
  )
  .chain((spec) => fc.tuple(fc.constant(spec), anything))
  .map(([spec, status]) => ({ ...pod(), status, spec }));

test("applying the patch gives the pod with the selector, and all else as it was, to the byte", async () => {
  await fc.assert(
    fc.asyncProperty(pods, async (object) => {
      const received = JSON.parse(JSON.stringify(object));
      const result = (await patched(received)) as { spec: { nodeSelector: object } };
      assert.deepEqual(result.spec.nodeSelector, { ...received.spec.nodeSelector, ...selector });
      const without =
        received.spec.nodeSelector === null ? { ...received, spec: { ...received.spec, nodeSelector: {} } } : received;
      assert.equal(rest(result), rest(without));
    }),
  );
});

test("a second pass yields no patch", async () => {
  await fc.assert(
    fc.asyncProperty(pods, async (object) => {
      const once = await patched(JSON.parse(JSON.stringify(object)));
      for (const url of [paths.mutatePods, paths.validatePods]) {
        const { body } = await post(app, url, review(once));
        assert.deepEqual(body.response, { uid: "uid-1", allowed: true });
      }
    }),
  );
});

test("numbers beyond what JavaScript can hold are not touched", async () => {
  const text = JSON.stringify(review(pod())).replace(`"spec":{`, `"spec":{"big":9223372036854775807,`);
  const { body } = await post(app, paths.mutatePods, text);
  assert.deepEqual(JSON.parse(Buffer.from(body.response.patch ?? "", "base64").toString()), [
    { op: "add", path: "/spec/nodeSelector", value: selector },
  ]);
});
