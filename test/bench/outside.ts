import { webhookConfigurations } from "../../src/controllers/webhook-configurations.ts";
import { nativePolicies } from "../../src/native/compile.ts";
import { bindingOf } from "../../src/native/policy.ts";
import { must } from "../cluster/client.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { ref, type Manifest } from "../cluster/objects.ts";
import { podOf } from "../e2e/resources.ts";
import { authority } from "../unit/admission/reviews.ts";
import { registrationOf } from "../unit/controllers/registration-of.ts";
import { besideNone, inRounds, none } from "./creation.ts";
import type { Measure } from "./measure.ts";

const zones = Array.from({ length: 100 }, (_, at) => `bench-${at}`);
const apiVersion = "admissionregistration.k8s.io/v1";

/** What Domicile registers for all those zones. What refuses the probe comes last: when that is heeded, all of it is. */
const registered = (): readonly Manifest[] => {
  const exempt = ["kube-system"];
  const modes = Object.fromEntries(zones.map((zone) => [zone, "Enforce"] as const));
  const { mutating, validating } = webhookConfigurations({
    ...registrationOf(modes, exempt, [], [], true),
    caBundle: authority.cert,
  });
  return [
    ...nativePolicies(
      {
        zones: undefined,
        named: [],
        approvals: [],
        lenient: [],
        exclusive: [],
        gone: [],
        schedulers: {},
        exempt,
        open: [],
        exposing: {},
      },
      "domicile",
    ).flatMap((policy) => [
      { ...ref(apiVersion, "ValidatingAdmissionPolicy", policy.name), spec: policy.spec },
      { ...ref(apiVersion, "ValidatingAdmissionPolicyBinding", policy.name), spec: bindingOf(policy) },
    ]),
    ...[validating, mutating].map(({ kind, metadata, webhooks }) => ({
      ...ref(apiVersion, kind, metadata.name),
      webhooks,
    })),
  ] as readonly Manifest[];
};

/**
 * What a pod outside every zone costs where there are a hundred: what Domicile would register for them is made and
 * deleted in turn, in a cluster without Domicile. `probe` is a pod that is refused while it stands.
 */
export const outside = async function* (
  cluster: Cluster,
  { namespace, probe }: { readonly namespace: string; readonly probe: Manifest },
): AsyncGenerator<Measure> {
  const { admin } = cluster;
  const objects = registered();
  // The garbage collector takes what an uninstalled Domicile had registered.
  for (const object of objects)
    await admin.untilGone(object, { describe: `${object.kind} ${object.metadata.name} is gone` });
  let stands = false;
  const toggle = async (wanted: boolean): Promise<void> => {
    if (stands === wanted) return;
    for (const object of objects) await must(wanted ? admin.create(object) : admin.delete(object));
    stands = wanted;
    // The API server heeds what it stores when its own watches have told it.
    while ((await admin.create(probe, { dryRun: true })).status < 300 === wanted);
  };
  const pod = podOf("made", namespace);
  const rounds = await inRounds(cluster, { none: pod, outside: pod }, (kind) => toggle(kind === "outside"));
  await toggle(false);
  yield none(rounds);
  yield* besideNone(rounds, { kind: "outside", title: "pods outside every zone, of 100", atLeast: 0.9 });
};
