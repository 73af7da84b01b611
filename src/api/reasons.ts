import { enforcedReasons } from "./enforced-reasons.ts";
import { exposureReasons } from "./exposure-reasons.ts";
import { nodeReasons } from "./node-reasons.ts";
import { namespaceReasons } from "./namespace-reasons.ts";
import { referenceReasons } from "./reference-reasons.ts";
import { policyReasons } from "./policy-reasons.ts";
import { nothing, type ReasonText } from "./reason-text.ts";

/** Every reason that a decision, a condition, an event or a metric of Domicile may carry. The list is closed. */
export const reasons = {
  // Pods and pod templates
  NotInZone: { says: "The namespace belongs to no zone.", next: nothing },
  AlreadyPinned: { says: "The pod carries its zone's selector.", next: nothing },
  PlacementUnchanged: { says: "The request changes nothing about where pods may run.", next: nothing },
  Pinned: { says: "The zone's selector was added, so only verified nodes are eligible.", next: nothing },
  TemplateNotPinned: {
    says: "The template does not carry the zone's selector, and the zone leaves templates as they are written. Its pods are pinned when they are made, and none is made while Domicile is away.",
    next: "Write the selector into the template.",
  },
  MirrorPod: {
    says: "A mirror pod shows a static pod that runs whatever is answered here.",
    next: "Look at the node that runs it: static pods are outside admission.",
  },
  NotEnforcing: {
    says: "The zone does not enforce: nothing is refused, changed or written. Policies from before, if there are any, still isolate.",
    next: "Set spec.enforcement to Enforce when its warnings are dealt with.",
  },
  OwnedByController: { says: "Its controller's own template decides.", next: nothing },
  NodeNameSet: {
    says: "A zone's pods are placed by the scheduler; a node may not be named at creation.",
    next: "Remove spec.nodeName and let the scheduler choose a verified node.",
  },
  NodeSelectorOutsideZone: {
    says: "The node selector asks for nodes outside the zone.",
    next: "Remove this entry, or run the pod in a namespace of the zone it asks for.",
  },
  TolerationOutsideZone: {
    says: "The pod tolerates the taint by which another zone keeps its nodes to itself.",
    next: "Remove this toleration, or run the pod in a namespace of that zone.",
  },
  NodeAffinityOutsideZone: {
    says: "Every required node affinity term asks for nodes outside the zone.",
    next: "Remove the term, or name a region of the zone.",
  },
  NetworkAttachment: {
    says: "An additional network interface is outside every NetworkPolicy, so the zone could not isolate it.",
    next: "Remove the annotation.",
  },
  NamespaceNotSealed: {
    says: "The zone's isolation does not stand in this namespace yet, so no pod may start.",
    next: "Wait some seconds and try again; controllers do so by themselves. If it lasts, see the Isolated condition of the zone.",
  },
  NamespaceUnseen: {
    says: "The namespace's zone label changed a moment ago, and nothing is admitted on an old view of it.",
    next: "Try again; controllers do so by themselves.",
  },
  ZoneNotFound: {
    says: "The namespace's label names a zone that does not exist.",
    next: "Create the ResidencyZone, or correct the namespace's domicile.dev/zone label. If the zone was created a moment ago, try again.",
  },
  NodeIsVerified: { says: "The node is verified for the zone.", next: nothing },
  BinderNotTrusted: {
    says: "Only schedulers that the zone trusts bind its pods.",
    next: "Let one of spec.schedulers place the pod; name this user there only if it honours node selectors.",
  },
  BindingTargetNotNode: {
    says: "A zone's pods are bound to nodes and to nothing else.",
    next: "Set target.kind to Node.",
  },
  BindingNodeUnknown: {
    says: "Domicile knows no node of this name.",
    next: "Bind to a verified node; a node that joined a moment ago is known in moments.",
  },
  BindingNodeReplaced: {
    says: "The node that the Binding means is not the one that bears the name now.",
    next: "Let the scheduler choose again.",
  },
  BindingNodeNotVerified: {
    says: "A zone's pods are bound to verified nodes only.",
    next: "Let a scheduler that honours node selectors place the pod; what the node lacks stands in its events.",
  },
  BindingLabel: {
    says: "A Binding's labels overwrite the pod's, so it may bear none but its node's own region and zone.",
    next: "Leave metadata.labels of the Binding empty: the API server fills in where the node is.",
  },
  BindingAnnotation: {
    says: "A Binding's annotations overwrite the pod's after those were judged, so it may bear none of Domicile's, of Kubernetes' or that attaches a network.",
    next: "Remove the annotation from the Binding.",
  },
  SelectorMissing: {
    says: "The pod does not carry its zone's selector.",
    next: "Domicile's webhook adds it: either that was not asked, then try again, or another one removed it, then let that one leave nodeSelector alone. In a pod template it needs neither.",
  },

  ...nodeReasons,
  ...namespaceReasons,

  // Zones and clusters
  Accepted: { says: "The resource is valid.", next: nothing },
  Invalid: { says: "The resource is not valid.", next: "Mend each problem named." },
  ResolvedRefs: { says: "Everything the zone refers to is there and usable.", next: nothing },
  ...referenceReasons,
  PolicyTooLarge: {
    says: "The zone's policies are larger than the API server stores.",
    next: "Approve fewer or larger blocks.",
  },
  NodesVerified: { says: "The zone has verified nodes.", next: nothing },
  NoVerifiedNode: {
    says: "No node is verified for the zone, so its pods wait.",
    next: "Compare spec.nodes with the events of the nodes.",
  },
  Isolated: { says: "Isolation stands in every namespace of the zone.", next: nothing },
  IngressOpen: {
    says: "Isolation stands for egress; spec.ingress.isolation is Open, so anybody may connect in and read what is answered.",
    next: "Set it to Isolated if that was not meant.",
  },
  Isolating: {
    says: "Isolation does not stand in every namespace yet.",
    next: "Wait some seconds; what hinders it is named here.",
  },
  LastGoodKept: {
    says: "The zone's present form cannot be compiled, so the last good policies stay.",
    next: "Mend what ResolvedRefs or Accepted names.",
  },
  ...enforcedReasons,
  PodsInPlace: { says: "Every running pod of the zone is on a verified node.", next: nothing },
  PodsOutOfPlace: {
    says: "Pods of the zone run on nodes that are not verified for it.",
    next: "Delete them, and their controllers make them anew in place.",
  },
  PodsEvicting: {
    says: "Pods of the zone run on nodes that are not verified for it, and are evicted one after another.",
    next: "Wait; an event of a workload (EvictionRefused) says what holds it up.",
  },
  EvictionStopped: {
    says: "Pods of the zone run on nodes that are not verified for it, and none is evicted, for without a verified node they would run nowhere.",
    next: "Compare spec.nodes with the events of the nodes.",
  },
  Ready: { says: "Everything that Domicile does for the zone is done as written.", next: nothing },
  NotReady: {
    says: "Not everything that Domicile does for the zone is done as written.",
    next: "Look at the conditions that are not True.",
  },
  ZoneDeleting: {
    says: "The zone is being deleted; it stays, and is enforced, while a namespace bears its label.",
    next: "Remove the domicile.dev/zone label from those namespaces, and the zone goes.",
  },

  // What Domicile did, in events and metrics
  PolicyRepaired: {
    says: "A generated NetworkPolicy was not as compiled and was put back.",
    next: "Look in the audit log for who changed it.",
  },
  WebhooksRepaired: {
    says: "A webhook configuration of Domicile was not as Domicile left it and was put back.",
    next: "Look in the audit log for who changed it, and let few write admissionregistration.k8s.io.",
  },
  WebhooksMade: {
    says: "A webhook configuration of Domicile was not there and was made.",
    next: "If Domicile was installed before, look in the audit log for who deleted it.",
  },
  NativePoliciesRepaired: {
    says: "A native admission policy of Domicile was not as Domicile left it and was put back.",
    next: "Look in the audit log for who changed it, and let few write admissionregistration.k8s.io.",
  },
  NativePoliciesMade: {
    says: "A native admission policy of Domicile was not there and was made.",
    next: "If Domicile was installed before, look in the audit log for who deleted it.",
  },
  OwnerMissing: {
    says: "What Domicile registers with the API server is neither made nor repaired, because what it hangs on does not stand.",
    next: "If Domicile is not being uninstalled, install its chart again, and correct --owner-cluster-role, --native-owner-cluster-role and --deployment where they were set by hand.",
  },
  NamespaceSealed: { says: "The zone's isolation stands; pods may start.", next: nothing },
  NamespaceReleased: { says: "The namespace left its zone; its policies were removed.", next: nothing },
  PodEvicted: {
    says: "A pod ran on a node that is not verified for its zone, and was evicted.",
    next: nothing,
  },
  EvictionRefused: {
    says: "A pod runs on a node that is not verified for its zone, and could not be evicted. It is tried again.",
    next: "If it lasts, look at the pod's PodDisruptionBudget.",
  },
  SystemNamespace: {
    says: "This namespace can never join a zone: Domicile, DNS or Kubernetes itself lives there.",
    next: "Remove its domicile.dev/zone label.",
  },

  ...policyReasons,
  ...exposureReasons,

  // Requests that are no question
  Malformed: {
    says: "The request is not an AdmissionReview that Domicile can read.",
    next: "Send admission.k8s.io/v1 AdmissionReviews with a request.",
  },
} as const satisfies Readonly<Record<string, ReasonText>>;

/** The name of a reason, in CamelCase as conditions and events have it. */
export type Reason = keyof typeof reasons;

/** One sentence per reason, as conditions and events show it: the rule, then `detail`, then what to do. */
export const explain = (reason: Reason, detail = ""): string =>
  [reasons[reason].says, detail, reasons[reason].next === nothing ? "" : reasons[reason].next]
    .filter((part) => part !== "")
    .join(" ");

/** What is wrong, where, and what stands there: `field` `found` reads as the start of a sentence. */
type Refused = { readonly reason: Reason; readonly field: string; readonly found: string };

/** A refusal in words: which zone, which field and what it holds, which rule, what to do next, and the reason's name. */
export const refusal = (zone: string, refused: Refused): string => refusalOf(`zone ${zone}`, refused);

/** The same of something that is in no zone: `subject` is what was asked about. */
export const refusalOf = (subject: string, { reason, field, found }: Refused): string =>
  `${subject}: ${field} ${found}. ${explain(reason)} (${reason})`;
