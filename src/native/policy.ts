import type { LabelSelector } from "../api/kubernetes.ts";

/** A CEL expression with a name; a policy or a webhook entry is asked only where all of its conditions are true. */
export type MatchCondition = { readonly name: string; readonly expression: string };

/** Everybody but Domicile, whose service account's user name this is. */
export const notDomicile = (user: string): MatchCondition => ({
  name: "not-domicile",
  expression: `request.userInfo.username != '${user}'`,
});

/** Which requests a policy is for. */
export type ResourceRule = {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly resources: readonly string[];
  /** Only objects of these names. Left out, all of them. */
  readonly resourceNames?: readonly string[];
  readonly operations: readonly ("CREATE" | "UPDATE" | "DELETE" | "CONNECT")[];
  readonly scope: "Cluster" | "Namespaced";
};

/** A value that the expressions after it read as `variables.<name>`; computed when it is first read. */
export type Variable = { readonly name: string; readonly expression: string };

/** What must be true, and the sentence (a CEL expression) of whom it is not. The first that fails is what a person reads. */
export type Validation = {
  readonly expression: string;
  readonly reason: "Forbidden";
  readonly messageExpression: string;
};

/** Which requests, in which namespaces, with every field that the API server would default written out. */
export type MatchConstraints = {
  readonly matchPolicy: "Equivalent";
  readonly namespaceSelector: LabelSelector;
  readonly objectSelector: LabelSelector;
  readonly resourceRules: readonly ResourceRule[];
};

/** These requests, whatever namespace they are for. */
export const everywhere = (resourceRules: readonly ResourceRule[]): MatchConstraints => ({
  matchPolicy: "Equivalent",
  namespaceSelector: {},
  objectSelector: {},
  resourceRules,
});

/** A ValidatingAdmissionPolicySpec with every field that the API server would default written out, for comparing. */
export type PolicySpec = {
  readonly failurePolicy: "Fail";
  readonly matchConstraints: MatchConstraints;
  readonly matchConditions?: readonly MatchCondition[];
  readonly variables?: readonly Variable[];
  readonly validations: readonly Validation[];
};

/** A policy that is bound to everything it matches, under its own name. */
export type NativePolicy = { readonly name: string; readonly spec: PolicySpec };

/** A ValidatingAdmissionPolicyBindingSpec. */
export type BindingSpec = { readonly policyName: string; readonly validationActions: readonly ["Deny"] };

/** The spec of the binding that every policy has. */
export const bindingOf = ({ name }: NativePolicy): BindingSpec => ({ policyName: name, validationActions: ["Deny"] });
