import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { canaryName } from "../../src/api/canary.ts";
import { attemptBinding, attemptPod, type Attempt } from "../../src/controllers/canary-attempt.ts";
import type { Place } from "../../src/kube/resource.ts";
import { must } from "../cluster/client.ts";
import { ref, type Manifest } from "../cluster/objects.ts";
import { openGround, type Ground } from "./ground.ts";

// A cluster without Domicile: here nothing refuses what a zone must refuse, but for a policy that stands in its place.

const zone = "us";
const doors = { pods: attemptPod, bindings: attemptBinding } as const;
let ground: Ground;
before(async () => void (ground = await openGround()));
after(() => ground.close());

/** A namespace in which pods may be made: the controller-manager has made its service account. */
const openPlace = async (): Promise<Required<Place>> => {
  const namespace = await ground.namespace();
  await ground.cluster.admin.until(ref("v1", "ServiceAccount", "default", namespace), () => true, {
    describe: "the namespace has its service account",
  });
  return { namespace, name: canaryName };
};

const attempt = (door: keyof typeof doors, place: Place): Promise<Attempt> =>
  doors[door](ground.transport, zone, place, new AbortController().signal);

/** Refuses pods and bindings of one namespace with this sentence, until it is called back. */
const refuseIn = async (namespace: string, message: string): Promise<() => Promise<void>> => {
  const { admin } = ground.cluster;
  const group = "admissionregistration.k8s.io/v1";
  const policy = {
    ...ref(group, "ValidatingAdmissionPolicy", namespace),
    spec: {
      matchConstraints: {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
        resourceRules: [
          { apiGroups: [""], apiVersions: ["v1"], resources: ["pods", "pods/binding"], operations: ["CREATE"] },
        ],
      },
      validations: [{ expression: "false", message, reason: "Forbidden" }],
    },
  } as Manifest;
  const binding = {
    ...ref(group, "ValidatingAdmissionPolicyBinding", namespace),
    spec: { policyName: namespace, validationActions: ["Deny"] },
  } as Manifest;
  await must(admin.create(policy));
  await must(admin.create(binding));
  return async () => {
    await admin.delete(binding);
    await admin.delete(policy);
  };
};

/** Tries until the API server has heard of a new policy, which takes it about a second. */
const untilNotAdmitted = async (door: keyof typeof doors, place: Place): Promise<Attempt> => {
  const found = await attempt(door, place);
  return found.kind === "admitted" ? untilNotAdmitted(door, place) : found;
};

for (const door of ["pods", "bindings"] as const) {
  test(`where nothing guards ${door}, the try says that it was let in (O1)`, async () => {
    assert.deepEqual(await attempt(door, await openPlace()), { kind: "admitted" });
  });

  test(`where a rule of the zone guards ${door}, the try says that it was refused`, async () => {
    const place = await openPlace();
    const end = await refuseIn(place.namespace, `zone ${zone}: not here. (NodeNameSet)`);
    assert.deepEqual(await untilNotAdmitted(door, place), { kind: "refused" });
    await end();
  });

  test(`where somebody else refuses ${door}, the try says nothing of the zone's guards`, async () => {
    const place = await openPlace();
    const end = await refuseIn(place.namespace, "nobody creates anything on Fridays");
    const found = await untilNotAdmitted(door, place);
    assert.equal(found.kind, "unanswered");
    assert.match(found.kind === "unanswered" ? found.why : "", /Fridays/);
    await end();
  });
}

test("nothing is left of a try", async () => {
  const place = await openPlace();
  await attempt("pods", place);
  const { body } = await ground.cluster.admin.list({ apiVersion: "v1", kind: "Pod" }, { namespace: place.namespace });
  assert.deepEqual(body.items, []);
});
