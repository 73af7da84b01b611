/** One way around Domicile: what it is, and where docs/not-covered.md says what of it stays open. */
export type Threat = {
  readonly what: string;
  /** Rows of docs/not-covered.md that speak of it, by the text of their first cell. */
  readonly open?: readonly string[];
};

/** The ways around that are judged, by number. A test that holds one bears its number at the start of its name. */
export const threats: Readonly<Record<string, Threat>> = {
  P1: { what: "`spec.nodeName` at creation, or a Binding, names a node that is foreign, not verified or not there" },
  P2: {
    what: "`pods/binding` or the older `bindings` by any client, to any node, or to what is no node",
    open: [
      "a scheduler that a zone names in `spec.schedulers` and that ignores node selectors",
      "the moment after a node was replaced by another of the same name",
    ],
  },
  P3: { what: "a Binding's labels or annotations overwrite the pod's: region, zone, what policies select by" },
  P4: {
    what: "a scheduler of one's own (`schedulerName`) that ignores node selectors",
    open: ["a scheduler that a zone names in `spec.schedulers` and that ignores node selectors"],
  },
  P5: { what: "a DaemonSet whose template lacks the zone's selector: it lands abroad, or tries for ever" },
  P6: {
    what: "static pods and their mirror pods on a foreign node",
    open: ["static pods on a foreign node"],
  },
  P7: {
    what: "forged evidence: labels, a providerID or a machine of another's, the same twice, a node that comes back under its name, a statement that is edited, expired, or signed by somebody else",
    open: [
      "a node that lies consistently",
      "whoever holds a key that a zone names for attestation",
      "a kubelet's credentials that are carried to another machine",
      "a clock that is set back before Domicile starts",
    ],
  },
  P8: {
    what: "a node is relabelled, replaced or judged anew after pods run there",
    open: ["a node whose verdict turns bad while pods run on it", "eviction when the leader changes"],
  },
  P9: { what: "node affinity of which one term alone names the zone, or `matchFields` on another node's name" },
  P10: { what: "a virtual node, which looks local and runs pods elsewhere" },
  P11: { what: "another webhook or policy takes the selector away, or puts another in its place, after ours" },
  P12: {
    what: "templates from before the zone, which make or scale pods later; a namespace joins while pods run",
    open: ["pods that ran before their namespace joined"],
  },
  P13: { what: "pods made while the webhook was down, or before Domicile was installed" },
  P14: {
    what: "`kubectl debug --copy-to`, `kubectl debug node/…`, `kubectl run --overrides`",
    open: ["a pod outside the zone, privileged or with a host path, on a node of the zone"],
  },
  P15: {
    what: "a namespace's zone label is taken away or changed, also through `namespaces/status` or `namespaces/finalize`, or the namespace is deleted and made again without it",
    open: [
      "a namespace that is deleted and made again without its label",
      "a pod or a volume that came into a namespace a moment before it left its zone",
    ],
  },
  P16: { what: "a scheduling gate is lifted, an ephemeral container added or a pod resized by somebody else" },
  P17: {
    what: "a pod that is being deleted, has a generated name or none, is a dry run, or is updated: neither skipped nor blocked by accident",
  },
  P18: {
    what: "a pod of the zone in its node's network, process or file space, privileged, with capabilities, or with a network of its own, by any kind of container",
  },
  P19: { what: "zones whose regions overlap; a zone with no verified node, whose pods wait" },
  P20: {
    what: "a pod outside the zone, privileged or with a host path, on a node of the zone",
    open: ["a pod outside the zone, privileged or with a host path, on a node of the zone"],
  },
  P21: { what: "the node label forged or left behind; a pod of one zone that pins itself to another" },
  E1: {
    what: "another NetworkPolicy that widens: a rule that names nobody, whole families or other blocks, ports, selectors of more than the zone",
    open: ["a policy of somebody else's that widens, while Domicile is away or from before"],
  },
  E2: {
    what: "the policies of Cilium and Calico, AdminNetworkPolicy and ClusterNetworkPolicy",
    open: [
      "a policy of somebody else's that widens, while Domicile is away or from before",
      "a policy without namespaces (CiliumClusterwideNetworkPolicy, Calico's GlobalNetworkPolicy and GlobalNetworkSet, ClusterNetworkPolicy, AdminNetworkPolicy) that is written while no replica answers",
      "versions of those kinds that this version does not know",
      "Calico: pods, and NetworkSets outside zones, that bear labels which begin with `pcns.` or are called `projectcalico.org/namespace`",
    ],
  },
  E3: { what: "our policies edited, deleted or taken from us, with Domicile up and with it down" },
  E4: { what: "labels of pods and namespaces changed, and a pod outside the zone as a hop" },
  E5: {
    what: "instance metadata, link-local, loopback and multicast addresses, mapped and translated ones, the family that nobody thought of",
  },
  E6: { what: "an approved network that overlaps the cluster's own ranges, or a cluster nobody approved" },
  E7: {
    what: "a Service that stands for a name or address outside, has no selector, or is a balancer or node port; endpoints at addresses outside; Ingress, Gateway, routes, grants of reference, exports to other clusters",
    open: [
      "what leads into a zone or out of it without being listed, while Domicile is away or from before",
      "what an Ingress controller, a Gateway or a mesh outside the zone does by itself",
      "a namespace outside the zone that leads to its Services by name or address",
    ],
  },
  E8: { what: "DNS over TCP, at a node's own address, or at another resolver" },
  E9: { what: "the API server as a relay", open: ["the API server, where a zone allows it"] },
  E10: { what: "a pod that starts before its policy; a namespace that joins while pods run" },
  E11: { what: "a RemoteCluster that grows, goes while it is approved, or shares a network with another" },
  E12: { what: "spellings of addresses: host bits, leading zeros, upper case, whole families" },
  O1: {
    what: "a webhook configuration is deleted, narrowed, made to ignore failures, or told another authority",
    open: [
      "both webhook configurations deleted at once",
      "native policy `domicile-pods` and the mutating webhook configuration deleted at once",
      "the webhook configurations while no replica leads",
      "a configuration that was deleted while no replica ran at all",
    ],
  },
  O2: {
    what: "a zone is weakened or deleted while its pods run; the CRDs are deleted, and with them every zone",
    open: ["deleting our CRDs"],
  },
  O3: {
    what: "Domicile is scaled to 0, loses a replica, is rolled or gets new certificates; the API server restarts, a watch is cut in the middle of a page, etcd is compacted",
    open: [
      "a replica that alone is cut off from the API server",
      "a write of a former leader that was on its way when it was cut off",
      "etcd restored from a backup",
      "Domicile down",
      "every replica gone at the moment the certificates' Secret is",
    ],
  },
  O4: {
    what: "Domicile blocks its own namespace, a cluster that starts from cold, or a cluster it was uninstalled from",
  },
  O5: {
    what: "hostile input: 7 MiB, deep nesting, `__proto__`, what is no AdmissionReview, half a body, a slow one, thousands of connections",
    open: ["whoever reaches the ports of the webhooks and of the metrics"],
  },
  O6: {
    what: "the token of Domicile's service account is stolen",
    open: [
      "whoever acts as Domicile's service account: impersonation, `serviceaccounts/token`, creating pods in its namespace, reading tokens on its nodes",
    ],
  },
  O7: { what: "secrets or personal data in logs, events, metrics or status" },
};
