import { accountPolicy } from "./account.ts";
import { definitionsPolicy } from "./definitions.ts";
import { networkPoliciesPolicy } from "./network-policies.ts";
import { nodeEvidencePolicy } from "./node-evidence.ts";
import { nodeTaintsPolicy } from "./node-taints.ts";
import { nodeLabelsPolicy } from "./node-labels.ts";
import type { NativePolicy } from "./policy.ts";
import { sealedLabelPolicy } from "./sealed-label.ts";

/**
 * The native policies of the chart, which stand from its first moment on: its templates are generated from these, and
 * Domicile repairs them to the same content. `user` is the one identity that may write Domicile's own marks.
 */
export const chartPolicies = (user: string): readonly NativePolicy[] => [
  definitionsPolicy(),
  networkPoliciesPolicy(user),
  nodeLabelsPolicy(user),
  nodeEvidencePolicy(),
  nodeTaintsPolicy(user),
  sealedLabelPolicy(user),
  accountPolicy(user),
];
