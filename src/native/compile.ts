import { approvalsPolicy } from "./approvals.ts";
import { bindingsPolicy } from "./bindings.ts";
import { canaryPolicy } from "./canary.ts";
import { containmentPolicy } from "./containment.ts";
import { exposurePolicy } from "./exposure.ts";
import type { NativeInput } from "./input.ts";
import { membershipPolicy } from "./membership.ts";
import { podsPolicy } from "./pods.ts";
import type { NativePolicy } from "./policy.ts";

/** Every native policy that Domicile makes itself: the same input gives the same bytes. `user` is its own account. */
export const nativePolicies = (input: NativeInput, user: string): readonly NativePolicy[] => [
  podsPolicy(input),
  bindingsPolicy(input),
  membershipPolicy(input),
  canaryPolicy(input),
  approvalsPolicy(input),
  containmentPolicy(input, user),
  exposurePolicy(input),
];
