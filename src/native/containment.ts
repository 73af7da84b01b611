import { zoneLabel } from "../api/names.ts";
import { denial, hole, list, valueOf } from "./cel.ts";
import type { NativeInput } from "./input.ts";
import { isOurs } from "./network-policies.ts";
import { notDomicile, type NativePolicy } from "./policy.ts";
import { changesSpec, inZones, policyRules } from "./zone-requests.ts";

/**
 * The crude half of what `contain()` says of a NetworkPolicy that somebody else writes, so that the worst is refused
 * while Domicile is away: a rule that names nobody, which means everybody, and blocks of a whole address family. What is
 * between that and the zone's own set only the webhook tells. No zone allows so much but one whose ingress is Open.
 */
export const containmentPolicy = (input: NativeInput, user: string): NativePolicy => ({
  name: "domicile-containment",
  spec: {
    failurePolicy: "Fail",
    matchConstraints: inZones(input, policyRules),
    matchConditions: [
      notDomicile(user),
      changesSpec,
      // What bears a name of Domicile's is refused by `domicile-policies`, which says what to change instead.
      { name: "is-theirs", expression: `!${isOurs("object")}` },
    ],
    variables: [
      { name: "labels", expression: "has(namespaceObject.metadata.labels) ? namespaceObject.metadata.labels : {}" },
      { name: "zone", expression: valueOf("variables.labels", zoneLabel) },
    ],
    // One field each, so that the sentence names it.
    validations: [
      {
        expression: `!${wide("egress", "to")}`,
        reason: "Forbidden",
        messageExpression: sentence("egress", "to"),
      },
      {
        expression: `variables.zone in ${list(input.open)} || !${wide("ingress", "from")}`,
        reason: "Forbidden",
        messageExpression: sentence("ingress", "from"),
      },
    ],
  },
});

/** Whether a rule of this direction, which the policy's types give effect, names nobody or a whole family. */
const wide = (direction: "egress" | "ingress", peers: "to" | "from"): string => {
  const type = direction === "egress" ? "Egress" : "Ingress";
  const named = `has(r.${peers}) && r.${peers}.size() > 0`;
  const whole = `r.${peers}.exists(p, has(p.ipBlock) && p.ipBlock.cidr.endsWith('/0'))`;
  return `('${type}' in object.spec.policyTypes && has(object.spec.${direction}) && object.spec.${direction}.exists(r, !(${named}) || ${whole}))`;
};

const sentence = (direction: "egress" | "ingress", peers: "to" | "from"): string =>
  denial("PolicyWidensZone", {
    zone: hole("variables.zone"),
    field: `spec.${direction}[].${peers}`,
    found:
      "is left out or empty, or holds a block of every address (0.0.0.0/0 or ::/0), and the zone does not allow everybody",
  });
