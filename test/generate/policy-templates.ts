import { stringify } from "yaml";
import { digestAnnotation } from "../../src/api/names.ts";
import { chartDigestOf } from "../../src/controllers/registration-digest.ts";
import { chartPolicies } from "../../src/native/chart.ts";
import { bindingOf, type NativePolicy } from "../../src/native/policy.ts";

/** Helm reads templates before YAML is read, so this may stand anywhere in a text. */
const user = '{{ include "domicile.user" . }}';
const sample = "system:serviceaccount:somewhere:somebody";

/** The chart's native policies, each with its binding: path of the template from the repository's root, and its text. */
export const policyTemplates = (): readonly (readonly [path: string, text: string])[] =>
  chartPolicies(sample).map((policy) => [
    `charts/domicile/templates/policy-${policy.name.replace("domicile-", "")}.yaml`,
    template(policy),
  ]);

const template = (policy: NativePolicy): string => `{{- if .Values.nativePolicies.enabled }}
# Written by npm run generate from src/native; edit that.
${object("ValidatingAdmissionPolicy", policy.name, policy.spec)}---
${object("ValidatingAdmissionPolicyBinding", policy.name, bindingOf(policy))}{{- end }}
`;

const object = (kind: string, name: string, spec: object): string => `apiVersion: admissionregistration.k8s.io/v1
kind: ${kind}
metadata:
  name: ${name}
  labels:
    {{- include "domicile.labels" . | nindent 4 }}
  annotations:
    ${digestAnnotation}: ${chartDigestOf(spec, sample)}
${stringify({ spec }, { lineWidth: 120, aliasDuplicateObjects: false }).replaceAll(sample, user)}`;
