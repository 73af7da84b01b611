/**
 * One rule about a value that its type alone cannot say, for the API server and for files read offline alike.
 * Rules without `holds` are judged by the `meaning` of the field they stand at.
 */
export type Rule<T = unknown> = {
  /** In CEL, over `self`. */
  readonly cel: string;
  /** What a person reads after the field's path when the rule does not hold. */
  readonly says: string;
  /** The field below `self` that is at fault: `.endPort`. */
  readonly at?: string;
  /** The same in TypeScript. Written as a method, so that a rule over a port is a rule. */
  holds?(self: T): boolean;
};

/** A rule over values of type T. */
export const rule = <T>(stated: Rule<T>): Rule<T> => stated;

/** What a field means beyond its type; src/zone/meanings.ts judges each with what the API server cannot know. */
export type Meaning = "region" | "realm" | "cidr" | "nodeLocalAddress" | "labelSelector";
