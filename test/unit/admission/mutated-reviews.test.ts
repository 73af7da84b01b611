import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import * as fc from "fast-check";
import { createOpsServer } from "../../../src/admission/ops-server.ts";
import { paths } from "../../../src/admission/paths.ts";
import { recorded } from "./recorded.ts";
import { keeping, serve } from "./reviews.ts";

// A failure prints its seed and path: run it again with { seed, path } in `often`.
const often = process.env["DOMICILE_HOSTILE"] === "long" ? { numRuns: 5_000 } : { numRuns: 15 };
const observer = keeping();
const app = serve({ observer });
const ops = createOpsServer({ notReady: () => [], metrics: async () => ({ contentType: "text/plain", text: "" }) });
after(() => app.close());
after(() => ops.close());

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What JSON text can say and JavaScript's own printer cannot: stands for itself until the text is whole. */
const written: Readonly<Record<string, string>> = {
  "@infinite": "1e999",
  "@precise": "9007199254740993.000000001",
  "@minus": "-0",
  "@lists": `${"[".repeat(10_000)}${"]".repeat(10_000)}`,
  "@objects": `${`{"spec":`.repeat(10_000)}0${"}".repeat(10_000)}`,
  "@twice": `{"a":1,"a":2,"__proto__":{"nodeName":"x"},"__proto__":[]}`,
  "@surrogate": `"\\ud800"`,
};
const print = (value: Json): string =>
  JSON.stringify(value).replace(/"(@[a-z]+)"/g, (whole, name: string) => written[name] ?? whole);

const strange: fc.Arbitrary<Json> = fc.constantFrom<Json>(
  ...Object.keys(written),
  null,
  true,
  -1,
  2 ** 53,
  "",
  "__proto__",
  "constructor",
  "\0",
  "\u2028",
  "é".repeat(5_000),
  [],
  {},
  [[]],
  { toString: "x", hasOwnProperty: null, "": {} },
);
const keys = fc.constantFrom("__proto__", "constructor", "toString", "", "spec", "request", "\0", "a/b~c");

type Change = { readonly at: number; readonly how: string; readonly key: string; readonly value: Json };
const changes = fc.array(
  fc.record({
    at: fc.nat(),
    how: fc.constantFrom("replace", "delete", "rename", "repeat"),
    key: keys,
    value: strange,
  }) as fc.Arbitrary<Change>,
  { minLength: 1, maxLength: 4 },
);

type Place = { readonly parent: Json[] | { [key: string]: Json }; readonly key: string };
const placesOf = (value: Json): readonly Place[] => {
  if (typeof value !== "object" || value === null) return [];
  return Object.keys(value).flatMap((key) => [
    { parent: value, key },
    ...placesOf((value as { [key: string]: Json })[key] ?? null),
  ]);
};

/** Changes one place of the tree, whichever that is; `define` so that `__proto__` is a key like any other. */
const change = (tree: Json, { at, how, key, value }: Change): void => {
  const places = placesOf(tree);
  const place = places[at % places.length];
  if (place === undefined) return;
  const parent = place.parent as { [key: string]: Json };
  const was = parent[place.key] ?? null;
  const define = (name: string, held: Json): void =>
    void Object.defineProperty(parent, name, { value: held, enumerable: true, configurable: true, writable: true });
  if (how === "replace") define(place.key, value);
  else if (Array.isArray(place.parent)) place.parent.push(...(how === "repeat" ? Array<Json>(50).fill(was) : []));
  else if (how === "repeat") define(key, was);
  else {
    delete parent[place.key];
    if (how === "rename") define(key, was);
  }
};

const send = async (url: string, payload: string): Promise<void> => {
  const headers = { "content-type": "application/json" };
  const { statusCode, body } = await app.inject({ method: "POST", url, headers, payload });
  const said = JSON.parse(body);
  assert.deepEqual(observer.faults, []);
  if (statusCode !== 200) assert.ok(statusCode < 500 && said.message.length > 20, body.slice(0, 500));
  else if (!said.response.allowed) assert.ok(said.response.status.message.length > 20, body.slice(0, 500));
};

const everyPath = Object.values(paths).flatMap((path) => [path, `${path}/us`, `${path}/nowhere`]);

describe("O5 a recorded review is answered as it is, and however it is changed", () => {
  for (const [name, text] of Object.entries(recorded))
    test(name, async () => {
      for (const url of everyPath) await send(url, text);
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...everyPath), changes, async (url, made) => {
          const tree = JSON.parse(text) as Json;
          for (const one of made) change(tree, one);
          await send(url, print(tree));
        }),
        often,
      );
    });
});

test("the recorded pods and templates of payments are pinned, whoever made them", async () => {
  const pinned = async (name: string, url: string): Promise<boolean> => {
    const payload = recorded[name] ?? "";
    const headers = { "content-type": "application/json" };
    return (await app.inject({ method: "POST", url, headers, payload })).json().response.patchType === "JSONPatch";
  };
  for (const name of Object.keys(recorded).filter((one) => one.startsWith("pod-create-")))
    assert.ok(await pinned(name, `${paths.mutatePods}/us`), name);
  for (const kind of ["deployment", "statefulset", "daemonset", "replicaset", "cronjob", "job"])
    assert.ok(await pinned(`${kind}-create-admin`, paths.mutateTemplates), kind);
});

test("O5 any path and method is answered with a sentence, by the webhooks and by probes and metrics", async () => {
  const segment = fc.oneof(
    fc.constantFrom("mutate", "pods", "validate", "healthz", "metrics", "..", ".", "%00", "%c3%28", "%", "//", "us"),
    fc.string({ maxLength: 20 }).map(encodeURIComponent),
    fc.nat(5_000).map((length) => "z".repeat(length)),
  );
  const methods = fc.constantFrom("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
  await fc.assert(
    fc.asyncProperty(methods, fc.array(segment, { maxLength: 5 }), fc.string(), async (method, segments, query) => {
      const url = `/${segments.join("/")}?${encodeURIComponent(query)}`;
      for (const server of [app, ops]) {
        const { statusCode, body } = await server.inject({ method, url });
        assert.ok(statusCode < 500, `${statusCode} ${body}`);
        // Metrics are empty here, and HEAD has no body.
        if (statusCode !== 200 && method !== "HEAD") assert.ok(body.length > 20, `${statusCode} ${body}`);
      }
    }),
    often,
  );
});
