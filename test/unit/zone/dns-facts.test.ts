import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { printCidr } from "../../../src/cidr/block.ts";
import { dnsFacts, projectDnsService, projectDnsSlice } from "../../../src/zone/dns-facts.ts";

const labels = { "k8s-app": "kube-dns" };
const metadata = { name: "kube-dns", namespace: "kube-system", uid: "u", labels };
const service = (spec: object = {}, more: object = {}) => ({
  metadata: { ...metadata, ...more },
  spec: {
    clusterIPs: ["10.96.0.10"],
    selector: labels,
    ports: [
      { name: "dns", port: 53, protocol: "UDP", targetPort: 53 },
      { name: "dns-tcp", port: 53, protocol: "TCP", targetPort: 53 },
      { name: "metrics", port: 9153, protocol: "TCP", targetPort: 9153 },
    ],
    ...spec,
  },
});
const slice = (ports: readonly unknown[], more: object = {}) => ({
  metadata: {
    ...metadata,
    name: "kube-dns-abc",
    labels: { ...labels, "kubernetes.io/service-name": "kube-dns" },
    ...more,
  },
  endpoints: [{ addresses: ["8.8.8.8"] }],
  ports,
});
const named = [{ name: "dns", port: 53, protocol: "UDP", targetPort: "dns-port" }];

/** Each server as `name selector ports addresses`. */
const found = (services: readonly unknown[], slices: readonly unknown[] = []): readonly string[] =>
  dnsFacts(
    services.flatMap((raw) => projectDnsService(raw) ?? []),
    slices.flatMap((raw) => projectDnsSlice(raw) ?? []),
  ).map(({ name, selector, ports, addresses }) =>
    [name, JSON.stringify(selector), ports.join("+"), addresses.map(printCidr).join("+")].join(" "),
  );

const usual = 'kube-dns {"k8s-app":"kube-dns"} 53 10.96.0.10/32';
const cases: Readonly<
  Record<string, readonly [services: readonly unknown[], slices: readonly unknown[], want: readonly string[]]>
> = {
  "from its Service, and what is behind port 53 alone": [[service()], [], [usual]],
  "at a port of its pods' own": [
    [service({ ports: [{ port: 53, protocol: "UDP", targetPort: 8053 }] })],
    [],
    ['kube-dns {"k8s-app":"kube-dns"} 8053 10.96.0.10/32'],
  ],
  "at a port that has a name, by the EndpointSlices of that Service": [
    [service({ ports: named })],
    [
      slice([
        { name: "dns", port: 5353 },
        { name: "metrics", port: 9154 },
      ]),
      slice([{ name: "dns", port: 1 }], { labels: { ...labels, "kubernetes.io/service-name": "other" } }),
    ],
    ['kube-dns {"k8s-app":"kube-dns"} 5353 10.96.0.10/32'],
  ],
  "in both families": [
    [service({ clusterIPs: ["10.96.0.10", "fd00::a"] })],
    [],
    ['kube-dns {"k8s-app":"kube-dns"} 53 10.96.0.10/32+fd00::a/128'],
  ],
  "behind a headless Service": [[service({ clusterIPs: ["None"] })], [], ['kube-dns {"k8s-app":"kube-dns"} 53 ']],
  "from every Service that bears the label, in order": [
    [service({ selector: { app: "b" } }, { name: "upstream" }), service()],
    [],
    [usual, 'upstream {"app":"b"} 53 10.96.0.10/32'],
  ],
  "never at an address that is no Service's: instance metadata, the Internet": [
    [service({ clusterIPs: ["169.254.169.254", "0.0.0.0", "10.96.0.10/8", "10.96.0.10"] })],
    [],
    [usual],
  ],
};

describe("E8 the cluster's DNS is found", () => {
  for (const [sentence, [services, slices, want]] of Object.entries(cases))
    test(sentence, () => assert.deepEqual(found(services, slices), want));
});

const none: Readonly<Record<string, readonly [services: readonly unknown[], slices: readonly unknown[]]>> = {
  "there is no Service": [[], [slice([{ name: "dns", port: 53 }])]],
  "the Service selects no pods, and never every pod": [
    [service({ selector: {} }), service({ selector: undefined })],
    [],
  ],
  "the Service has no port 53": [[service({ ports: [{ port: 9153, targetPort: 53 }] })], []],
  "the name of its port stands in no slice": [[service({ ports: named })], []],
  "a slice says no number": [[service({ ports: named })], [slice([{ name: "dns", port: "53" }, { name: "dns" }])]],
  "a Service in another namespace bears the label": [[service({}, { namespace: "team" })], []],
  "a Service of that name bears another label": [[service({}, { labels: { "k8s-app": "coredns" } })], []],
  "what was read is no object": [
    [null, "kube-dns", {}],
    [null, []],
  ],
};

describe("E8 no DNS is found, and none opened, where", () => {
  for (const [sentence, [services, slices]] of Object.entries(none))
    test(sentence, () => assert.deepEqual(found(services, slices), []));
});
