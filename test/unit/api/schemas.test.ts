import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Type } from "typebox";
import { crd } from "../../../src/api/crd.ts";
import { remoteCluster } from "../../../src/api/remote-cluster.ts";
import { residencyZone } from "../../../src/api/residency-zone.ts";
import { structural, type Structural } from "../../../src/api/structural.ts";

type Field = readonly [path: string, schema: Structural];

/** Every field of a schema but metadata, which is Kubernetes' own. */
const fieldsOf = (schema: Structural, path: string): readonly Field[] => {
  const { metadata: _, ...properties } = schema.properties ?? {};
  return [
    [path, schema] as const,
    ...Object.entries(properties).flatMap(([name, property]) => fieldsOf(property, `${path}.${name}`)),
    ...(schema.items === undefined ? [] : fieldsOf(schema.items, `${path}[]`)),
    ...(schema.additionalProperties === undefined ? [] : fieldsOf(schema.additionalProperties, `${path}{}`)),
  ];
};

const isBounded = (schema: Structural): boolean => {
  switch (schema.type) {
    case "array":
      return schema.maxItems !== undefined;
    case "string":
      return schema.maxLength !== undefined || schema.enum !== undefined || schema.format !== undefined;
    case "object":
      return schema.properties !== undefined || schema.maxProperties !== undefined;
    case "integer":
      return schema.minimum !== undefined;
  }
};

for (const definition of [residencyZone, remoteCluster]) {
  const fields = fieldsOf(structural(definition.schema), definition.kind);
  const without = (holds: (schema: Structural) => boolean): readonly string[] =>
    fields.filter(([, schema]) => !holds(schema)).map(([path]) => path);

  describe(definition.kind, () => {
    test("every field is described in sentences", () => {
      assert.deepEqual(
        without(({ description = "" }) => /^[A-Z].*\.$/s.test(description)),
        [],
      );
    });

    test("every list, map, text and number is bounded", () => {
      assert.deepEqual(without(isBounded), []);
    });

    test("every list says how server-side apply merges it", () => {
      assert.deepEqual(
        without((schema) => schema.type !== "array" || schema["x-kubernetes-list-type"] !== undefined),
        [],
      );
    });

    test("every rule can be judged offline, by itself or by what its field means", () => {
      const judged = ({ rules = [], meaning }: Structural): boolean =>
        rules.every(({ holds }) => holds !== undefined) || meaning !== undefined;
      const loose = fields.filter(([path, schema]) => !judged(schema) && !path.includes("matchExpressions"));
      assert.deepEqual(
        loose.map(([path]) => path),
        [],
      );
    });

    test("a field with a default may be left out", () => {
      for (const [path, { properties = {}, required = [] }] of fields)
        for (const name of required) assert.equal(properties[name]?.default, undefined, `${path}.${name}`);
    });
  });
}

describe("the generator", () => {
  test("gives enums a type", () => {
    assert.deepEqual(structural(Type.Enum(["A", "B"])), { type: "string", enum: ["A", "B"] });
  });

  test("says records as additionalProperties", () => {
    assert.deepEqual(structural(Type.Record(Type.String(), Type.Integer())), {
      type: "object",
      additionalProperties: { type: "integer" },
    });
  });

  test("requires a field without a default only", () => {
    const { required } = structural(
      Type.Object({ a: Type.Integer(), b: Type.Integer({ default: 1 }), c: Type.Optional(Type.Integer()) }),
    );
    assert.deepEqual(required, ["a"]);
  });

  test("refuses a keyword that it would lose", () => {
    assert.throws(() => structural(Type.String({ contentEncoding: "base64" })), /contentEncoding/);
  });

  test("writes no keyword of our own into a CRD", () => {
    const written = JSON.stringify(crd(residencyZone));
    for (const keyword of ['"meaning":', '"rules":', '"holds":']) assert.ok(!written.includes(keyword), keyword);
  });

  test("makes cluster-scoped kinds with short names, a category and a status of their own", () => {
    for (const [definition, shortName] of [
      [residencyZone, "rz"],
      [remoteCluster, "rcl"],
    ] as const) {
      const { spec } = crd(definition);
      assert.equal(spec.scope, "Cluster");
      assert.deepEqual(spec.names.shortNames, [shortName]);
      assert.deepEqual(spec.names.categories, ["domicile"]);
      assert.deepEqual(spec.versions[0]?.subresources, { status: {} });
    }
  });
});
