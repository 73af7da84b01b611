import { type Cases, bad, good, refused, stored, zoneWith } from "./case.ts";

const nodes = (parts: object) => zoneWith({ nodes: { provider: "OCI", regions: ["us-ashburn-1"], ...parts } });
const from = (...peers: readonly unknown[]) => zoneWith({ ingress: { from: peers } });
const selecting = (selector: object) => from({ namespaceSelector: selector });
const dns = (parts: object) => zoneWith({ egress: { dns: parts } });

const exposed = (parts: object) => ({
  kind: "Service",
  type: "LoadBalancer",
  namespaces: ["payments"],
  names: ["gateway"],
  ...parts,
});

/** ResidencyZones but for their networks, which have a table of their own. */
export const zoneCases: Cases = {
  "the smallest zone is a mode, a provider and a region": good(zoneWith({})),
  "a zone may state everything": good(
    zoneWith({
      enforcement: "Warn",
      nodes: { provider: "OCI", realm: "oc1", regions: ["us-ashburn-1", "us-phoenix-1"], minimumTrust: "Label" },
      schedulers: ["system:kube-scheduler", "system:serviceaccount:batch:batch-scheduler", "o'neil@example.com"],
      egress: {
        withinZone: "Deny",
        dns: {
          namespace: "dns",
          podSelector: {},
          ports: [5353, 53],
          nodeLocalAddresses: ["169.254.20.10", "fe80::a", "fd00::10"],
        },
        apiServer: "Allow",
        clusters: [{ name: "us-analytics" }, { name: "us-archive" }],
        networks: [
          {
            name: "partner",
            cidrs: ["203.0.113.0/24", "2001:DB8:1::/48"],
            ports: [
              { protocol: "TCP", port: 443, endPort: 444 },
              { protocol: "UDP", port: 443 },
            ],
          },
        ],
      },
      namespaces: ["payments", "payments-batch"],
      ingress: {
        isolation: "Open",
        from: [
          {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ingress" } },
            podSelector: { matchExpressions: [{ key: "app", operator: "In", values: ["web", ""] }] },
            ports: [{ port: 8080 }],
          },
          { namespaceSelector: {} },
          { cidrs: ["10.0.20.0/24"] },
        ],
      },
      exposure: [
        { kind: "Service", type: "LoadBalancer", namespaces: ["payments"], names: ["gateway", "other.name"] },
        { kind: "EndpointSlice", namespaces: ["payments", "payments-batch"], names: ["partner"] },
      ],
      templates: "Warn",
      drift: { action: "Evict", maxPerMinute: 600, maxUnavailable: 1000 },
    }),
  ),
  "a zone that stops evicting may keep its limits": good(zoneWith({ drift: { action: "Report", maxPerMinute: 5 } })),
  "a zone may list as much as there is room for": good(
    zoneWith({
      exposure: Array.from({ length: 64 }, (_, at) => ({
        kind: "Ingress",
        namespaces: Array.from({ length: 16 }, (_every, index) => `${at}-${index}-`.padEnd(63, "n")),
        names: Array.from({ length: 16 }, (_every, index) => `${index}-`.padEnd(253, "a")),
      })),
    }),
  ),
  "a Service is listed with a type": refused(
    zoneWith({ exposure: [exposed({ type: undefined })] }),
    "spec.exposure[0].type",
    "must say which type with kind Service, and with no other kind",
  ),
  "an Ingress is listed without a type": refused(
    zoneWith({ exposure: [exposed({ kind: "Ingress" })] }),
    "spec.exposure[0].type",
    "must say which type with kind Service, and with no other kind",
  ),
  "a kind that leads nowhere cannot be listed": bad(
    zoneWith({ exposure: [exposed({ kind: "Deployment", type: undefined })] }),
    ['spec.exposure[0].kind: Unsupported value: "Deployment"'],
    { "spec.exposure[0].kind": "must be Service, EndpointSlice" },
  ),
  "what is listed has a name": bad(
    zoneWith({ exposure: [exposed({ names: [] })] }),
    ["spec.exposure[0].names", "at least 1 items"],
    { "spec.exposure[0].names": "needs at least one item" },
  ),
  "what is listed is in a namespace": refused(
    zoneWith({ exposure: [exposed({ namespaces: ["*"] })] }),
    "spec.exposure[0].namespaces[0]",
    "must be a DNS label",
  ),
  "65 entries are too many": bad(
    zoneWith({ exposure: Array.from({ length: 65 }, () => exposed({})) }),
    ["spec.exposure: Too many: 65: must have at most 64 items"],
    { "spec.exposure": "has 65 items; at most 64 are allowed" },
  ),
  "an action that nobody knows is refused": bad(
    zoneWith({ drift: { action: "Delete" } }),
    ['spec.drift.action: Unsupported value: "Delete": supported values: "Report", "Evict"'],
    { "spec.drift.action": 'must be Report or Evict, and is "Delete"' },
  ),
  "no eviction in a minute is refused": bad(
    zoneWith({ drift: { action: "Evict", maxPerMinute: 0 } }),
    ["spec.drift.maxPerMinute", "greater than or equal to 1"],
    { "spec.drift.maxPerMinute": "1" },
  ),
  "a share of a workload is refused": bad(
    zoneWith({ drift: { action: "Evict", maxUnavailable: "25%" } }),
    ["spec.drift.maxUnavailable", "must be of type integer"],
    { "spec.drift.maxUnavailable": '"25%"' },
  ),
  "a region of another realm is good with its realm": good(nodes({ realm: "oc19", regions: ["eu-frankfurt-2"] })),
  "a zone whose pods nobody may bind is refused": bad(
    zoneWith({ schedulers: [] }),
    ["spec.schedulers: Invalid value: 0: spec.schedulers in body should have at least 1 items"],
    { "spec.schedulers": "needs at least one item" },
  ),
  "a scheduler whose name no user can have is refused": bad(
    zoneWith({ schedulers: ["kube scheduler"] }),
    ['spec.schedulers[0]: Invalid value: "kube scheduler": must be a user\'s name as the API server knows it'],
    { "spec.schedulers[0]": "must be a user's name" },
  ),
  "a scheduler named twice is refused": bad(
    zoneWith({ schedulers: ["batch", "batch"] }),
    ["spec.schedulers[1]: Duplicate value"],
    { "spec.schedulers[1]": "repeats spec.schedulers[0]" },
  ),
  "a zone without a mode is refused": bad(zoneWith({ enforcement: undefined }), ["spec.enforcement: Required value"], {
    "spec.enforcement": "is required: Enforce, Warn, or Audit",
  }),
  "a mode in lower case is refused": bad(
    zoneWith({ enforcement: "enforce" }),
    ['spec.enforcement: Unsupported value: "enforce": supported values: "Enforce", "Warn", "Audit"'],
    { "spec.enforcement": "did you mean Enforce?" },
  ),
  "a level of trust that does not exist is refused": bad(
    nodes({ minimumTrust: "Full" }),
    ['spec.nodes.minimumTrust: Unsupported value: "Full"'],
    { "spec.nodes.minimumTrust": 'must be Label, ProviderID, or Attested, and is "Full"' },
  ),
  "another cloud is refused": bad(nodes({ provider: "AWS" }), ['Unsupported value: "AWS": supported values: "OCI"'], {
    "spec.nodes.provider": "must be OCI",
  }),
  "a namespace named twice is refused": bad(
    zoneWith({ namespaces: ["payments", "payments"] }),
    ['spec.namespaces[1]: Duplicate value: "payments"'],
    { "spec.namespaces[1]": "repeats spec.namespaces[0]" },
  ),
  "a namespace of Kubernetes cannot be named": refused(
    zoneWith({ namespaces: ["kube-system"] }),
    "spec.namespaces[0]",
    "must not begin with kube-: Kubernetes' own namespaces can never join a zone",
  ),
  "a namespace is named by a DNS label": refused(
    zoneWith({ namespaces: ["Payments"] }),
    "spec.namespaces[0]",
    "must be a DNS label",
  ),
  "65 namespaces are too many": bad(
    zoneWith({ namespaces: Array.from({ length: 65 }, (_, index) => `payments-${index}`) }),
    ["spec.namespaces: Too many: 65: must have at most 64 items"],
    { "spec.namespaces": "has 65 items; at most 64 are allowed" },
  ),
  "a zone without regions is refused": bad(nodes({ regions: [] }), ["spec.nodes.regions", "at least 1 items"], {
    "spec.nodes.regions": "needs at least one item",
  }),
  "a region named twice is refused": bad(
    nodes({ regions: ["us-ashburn-1", "us-ashburn-1"] }),
    ['spec.nodes.regions[1]: Duplicate value: "us-ashburn-1"'],
    { "spec.nodes.regions[1]": "repeats spec.nodes.regions[0]" },
  ),
  "a region in capitals is refused": refused(
    nodes({ regions: ["US-ASHBURN-1"] }),
    "spec.nodes.regions[0]",
    "must be a region identifier in lower case, such as us-ashburn-1",
  ),
  "a region's key is stored, and not accepted": stored(nodes({ regions: ["phx"] }), {
    "spec.nodes.regions[0]": "did you mean us-phoenix-1?",
  }),
  "a region that nobody knows is stored, and not accepted": stored(nodes({ regions: ["us-gotham-1"] }), {
    "spec.nodes.regions[0]": '"us-gotham-1" is not the identifier of a region that Domicile knows',
  }),
  "a region that only looks American-commercial is not accepted": stored(nodes({ regions: ["us-ashburn-2"] }), {
    "spec.nodes.regions[0]": "us-ashburn-2 is in realm oc42, and the zone's realm is oc1",
  }),
  "a realm that nobody knows is not accepted": stored(nodes({ realm: "oc9999" }), {
    "spec.nodes.realm": "is not a realm that Domicile knows",
  }),
  "a realm in capitals is refused": refused(
    nodes({ realm: "OC1" }),
    "spec.nodes.realm",
    "must be an Oracle realm: oc followed by a number, such as oc1",
  ),
  "a zone named with a dot is refused": refused(
    zoneWith({}, "us.west"),
    "metadata.name",
    "must be a DNS label: at most 63 lower-case letters, digits and hyphens",
  ),
  "a zone named with 64 characters is refused": refused(zoneWith({}, "a".repeat(64)), "metadata.name", "at most 63"),
  "a field that nobody knows is refused": bad(zoneWith({ egres: {} }), ['unknown field "spec.egres"'], {
    "spec.egres": "is not a field here: did you mean egress?",
  }),
  "text where an object belongs is refused": bad(
    zoneWith({ egress: "all" }),
    ["spec.egress", "must be of type object"],
    {
      "spec.egress": 'must be an object, and is "all"',
    },
  ),
  "instance metadata is no DNS cache": stored(dns({ nodeLocalAddresses: ["169.254.169.254"] }), {
    "spec.egress.dns.nodeLocalAddresses[0]": "169.254.169.254 is instance metadata, which hands out credentials",
  }),
  "loopback is no DNS cache": stored(dns({ nodeLocalAddresses: ["127.0.0.53"] }), {
    "spec.egress.dns.nodeLocalAddresses[0]": "127.0.0.53 is loopback",
  }),
  "a DNS cache with a prefix length is refused": bad(
    dns({ nodeLocalAddresses: ["169.254.20.10/32"] }),
    ["spec.egress.dns.nodeLocalAddresses[0]", "must be an address such as 169.254.20.10, without a prefix length"],
    { "spec.egress.dns.nodeLocalAddresses[0]": "169.254.20.10/32" },
  ),
  "port 0 is no DNS server's": bad(
    dns({ ports: [53, 0] }),
    ["spec.egress.dns.ports[1]", "greater than or equal to 1"],
    { "spec.egress.dns.ports[1]": "must be a whole number from 1 to 65535, and is 0" },
  ),
  "a DNS namespace that is no name is refused": refused(
    dns({ namespace: "Kube_System" }),
    "spec.egress.dns.namespace",
    "must be a DNS label",
  ),
  "a cluster approved twice is refused": bad(
    zoneWith({ egress: { clusters: [{ name: "a" }, { name: "a" }] } }),
    ['spec.egress.clusters[1]: Duplicate value: {"name":"a"}'],
    { "spec.egress.clusters[1]": "repeats spec.egress.clusters[0]" },
  ),
  "a peer that names nobody is refused": refused(from({ ports: [{ port: 1 }] }), "spec.ingress.from[0]", "not neither"),
  "a peer that names pods and addresses is refused": refused(
    from({ cidrs: ["10.0.20.0/24"], namespaceSelector: {} }),
    "spec.ingress.from[0]",
    "must name pods by namespaceSelector (and podSelector) or addresses by cidrs: one of the two",
  ),
  "pods without a namespace are refused": refused(
    from({ podSelector: {} }),
    "spec.ingress.from[0]",
    "podSelector needs a namespaceSelector that says in which namespaces",
  ),
  "a label key with a space is refused": bad(
    selecting({ matchLabels: { "a b": "c" } }),
    ["spec.ingress.from[0].namespaceSelector.matchLabels", "must hold label keys ([prefix/]name) and label values"],
    { "spec.ingress.from[0].namespaceSelector.matchLabels": "key must have a name of letters" },
  ),
  "a comparison without values is refused": bad(
    selecting({ matchExpressions: [{ key: "app", operator: "In" }] }),
    ["namespaceSelector.matchExpressions[0].values", "must hold at least one value with In and NotIn"],
    { "spec.ingress.from[0].namespaceSelector.matchExpressions[0].values": "must name at least one value with In" },
  ),
  "values with Exists are refused": bad(
    selecting({ matchExpressions: [{ key: "app", operator: "Exists", values: ["x"] }] }),
    ["namespaceSelector.matchExpressions[0].values", "none with Exists and DoesNotExist"],
    { "spec.ingress.from[0].namespaceSelector.matchExpressions[0].values": "must be empty with Exists" },
  ),
};
