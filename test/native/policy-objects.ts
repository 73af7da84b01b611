import { bindingOf, type NativePolicy } from "../../src/native/policy.ts";
import { ref, type Manifest } from "../cluster/objects.ts";

const apiVersion = "admissionregistration.k8s.io/v1";

/** Native policies as the API server takes them, each with its binding after it. */
export const policyObjects = (policies: readonly NativePolicy[]): readonly Manifest[] =>
  policies.flatMap((policy) => [
    { ...ref(apiVersion, "ValidatingAdmissionPolicy", policy.name), spec: policy.spec },
    { ...ref(apiVersion, "ValidatingAdmissionPolicyBinding", policy.name), spec: bindingOf(policy) },
  ]);
