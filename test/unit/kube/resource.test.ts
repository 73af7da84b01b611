import assert from "node:assert/strict";
import { test } from "node:test";
import { collectionPath, keyOf, objectPath } from "../../../src/kube/resource.ts";
import { resources } from "../../../src/kube/resources.ts";
import { pointer } from "../../../src/kube/objects.ts";

test("paths say group, version, namespace, name and subresource", () => {
  const { pods, nodes, networkPolicies, residencyZones } = resources;
  assert.equal(collectionPath(pods), "/api/v1/pods");
  assert.equal(collectionPath(pods, "shop"), "/api/v1/namespaces/shop/pods");
  assert.equal(objectPath(nodes, { name: "10.0.0.7" }, "status"), "/api/v1/nodes/10.0.0.7/status");
  assert.equal(
    objectPath(networkPolicies, { namespace: "shop", name: "x" }),
    "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/x",
  );
  assert.equal(objectPath(residencyZones, { name: "us" }), "/apis/domicile.dev/v1alpha1/residencyzones/us");
});

test("a name cannot leave its path", () => {
  assert.equal(objectPath(resources.nodes, { name: "a/../b?c" }), "/api/v1/nodes/a%2F..%2Fb%3Fc");
  for (const name of ["", ".", ".."]) assert.throws(() => objectPath(resources.nodes, { name }), RangeError);
  assert.throws(() => objectPath(resources.pods, { name: "web" }), /needs a namespace/);
});

test("a key has the namespace where there is one", () => {
  assert.equal(keyOf({ name: "us" }), "us");
  assert.equal(keyOf({ namespace: "shop", name: "web" }), "shop/web");
});

test("a JSON Pointer escapes tildes and slashes", () => {
  assert.equal(pointer("metadata", "labels", "a/b~c"), "/metadata/labels/a~1b~0c");
});
