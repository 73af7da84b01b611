import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  apiServerFacts,
  type Endpoints,
  projectApiServerService,
  projectApiServerSlice,
} from "../../../src/zone/api-server-facts.ts";

const slice = (parts: object = {}, name = "kubernetes") => ({
  metadata: { name, namespace: "default", uid: "u", labels: { "kubernetes.io/service-name": "kubernetes" } },
  addressType: "IPv4",
  endpoints: [{ addresses: ["10.250.0.1"], conditions: { ready: true } }],
  ports: [{ name: "https", port: 6443, protocol: "TCP" }],
  ...parts,
});
const service = (spec: object = {}) => ({
  metadata: { name: "kubernetes", namespace: "default", uid: "u" },
  spec: { clusterIP: "10.0.0.1", clusterIPs: ["10.0.0.1"], ports: [{ port: 443, targetPort: 6443 }], ...spec },
});
const facts = (slices: readonly unknown[], services: readonly unknown[]) =>
  apiServerFacts(
    slices.flatMap((raw): readonly Endpoints[] => [projectApiServerSlice(raw)].filter((one) => one !== undefined)),
    services.flatMap((raw): readonly Endpoints[] => [projectApiServerService(raw)].filter((one) => one !== undefined)),
  );

describe("the API server's address", () => {
  test("is that of its EndpointSlices and of its Service", () => {
    assert.deepEqual(facts([slice()], [service()]), [
      { addresses: ["10.250.0.1"], port: 6443 },
      { addresses: ["10.0.0.1"], port: 443 },
    ]);
  });

  test("may be several, in both families", () => {
    const second = slice({ addressType: "IPv6", endpoints: [{ addresses: ["2001:db8::1"] }] }, "kubernetes-v6");
    assert.deepEqual(facts([slice(), second], [service({ clusterIPs: ["10.0.0.1", "fd00::1"] })]), [
      { addresses: ["10.250.0.1"], port: 6443 },
      { addresses: ["2001:db8::1"], port: 6443 },
      { addresses: ["10.0.0.1", "fd00::1"], port: 443 },
    ]);
  });

  const unreadable: Readonly<Record<string, readonly [readonly unknown[], readonly unknown[]]>> = {
    "there is no slice": [[], [service()]],
    "there is no Service": [[slice()], []],
    "no endpoint is ready": [
      [slice({ endpoints: [{ addresses: ["10.250.0.1"], conditions: { ready: false } }] })],
      [service()],
    ],
    "a slice has no port": [[slice({ ports: [] })], [service()]],
    "a port is none": [[slice({ ports: [{ port: 0 }] })], [service()]],
    "a port has a name for a number": [[slice({ ports: [{ port: "https" }] })], [service()]],
    "an address is the whole Internet": [[slice({ endpoints: [{ addresses: ["0.0.0.0/0"] }] })], [service()]],
    "an address is unspecified": [[slice({ endpoints: [{ addresses: ["0.0.0.0"] }] })], [service()]],
    "an address is instance metadata": [[slice({ endpoints: [{ addresses: ["169.254.169.254"] }] })], [service()]],
    "an address is a name": [[slice({ endpoints: [{ addresses: ["api.example.com"] }] })], [service()]],
    "the Service is headless": [[slice()], [service({ clusterIP: "None", clusterIPs: ["None"] })]],
    "one slice of two is unreadable": [[slice(), slice({ ports: [{ port: -1 }] }, "other")], [service()]],
  };
  for (const [sentence, [slices, services]] of Object.entries(unreadable))
    test(`cannot be read when ${sentence}`, () => assert.equal(facts(slices, services), undefined));

  test("is never that of another Service", () => {
    const other = slice({ metadata: { ...slice().metadata, labels: { "kubernetes.io/service-name": "web" } } });
    assert.equal(projectApiServerSlice(other), undefined);
    assert.equal(projectApiServerSlice(slice({ metadata: { ...slice().metadata, namespace: "shop" } })), undefined);
    assert.equal(projectApiServerService({ ...service(), metadata: { name: "web", namespace: "default" } }), undefined);
  });
});
