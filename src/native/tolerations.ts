import { exclusiveEffect, exclusivePrefix } from "../api/names.ts";
import { quote } from "./cel.ts";

/** The keys of a pod's tolerations that speak of other zones than the one whose key `own` (an expression) is, in CEL. */
export const foreignTolerations = (own: string): string =>
  `(has(object.spec.tolerations) ? object.spec.tolerations.filter(t, has(t.key) && t.key.startsWith(${quote(exclusivePrefix)}) && t.key != ${own}).map(t, t.key) : [])`;

/** Whether a pod bears the toleration that Domicile adds for the key `own` (an expression), in CEL. */
export const toleratesOwn = (own: string): string =>
  `(has(object.spec.tolerations) && object.spec.tolerations.exists(t, has(t.key) && t.key == ${own} && has(t.operator) && t.operator == 'Exists' && (!has(t.effect) || t.effect in ['', ${quote(exclusiveEffect)}])))`;
