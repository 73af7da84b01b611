import { zoneLabel, nodeLabelPrefix, nodeLabelValue } from "../api/names.ts";
import type { Reason } from "../api/reasons.ts";
import { exposingKinds } from "../api/zone-exposure.ts";
import { backendAnnotations } from "../oci/balancer.ts";
import { denial, hole, list, quote, valueOf } from "./cel.ts";
import {
  annotations,
  changesExposure,
  notTheApiServer,
  routeRules,
  serviceIs,
  serviceRules,
} from "./exposure-requests.ts";
import type { NativeInput } from "./input.ts";
import type { NativePolicy, Validation } from "./policy.ts";
import { inZones } from "./zone-requests.ts";

/**
 * The crude half of what `exposure()` says, for while Domicile is away: a zone that lists nothing of a kind has nothing of
 * it. Which names a zone lists only the webhook knows: those of a hundred zones are more than an expression holds. Nor
 * does native policy know which addresses and namespaces are a zone's, so endpoints and ReferenceGrants are the webhook's.
 */
export const exposurePolicy = (input: NativeInput): NativePolicy => ({
  name: "domicile-exposure",
  spec: {
    failurePolicy: "Fail",
    matchConstraints: inZones(input, [...serviceRules, ...routeRules]),
    matchConditions: [notTheApiServer, changesExposure],
    variables: [
      { name: "labels", expression: "has(namespaceObject.metadata.labels) ? namespaceObject.metadata.labels : {}" },
      { name: "zone", expression: valueOf("variables.labels", zoneLabel) },
      { name: "kind", expression: "request.kind.kind" },
      { name: "backends", expression: `${quote(nodeLabelPrefix)} + variables.zone + ${quote(`=${nodeLabelValue}`)}` },
    ],
    validations: [
      ...["ExternalName", "LoadBalancer", "NodePort"].map((type) =>
        ofService(input, type, serviceIs.type(type), { field: "spec.type", found: `is ${type}` }),
      ),
      ofService(input, "ExternalIPs", serviceIs.atOwnAddresses, { field: "spec.externalIPs", found: "is not empty" }),
      ofService(input, "WithoutSelector", `!${serviceIs.type("ExternalName")} && ${serviceIs.withoutSelector}`, {
        field: "spec.selector",
        found: "is left out or empty",
      }),
      ...exposingKinds
        .filter((kind) => kind !== "Service" && kind !== "EndpointSlice" && kind !== "ReferenceGrant")
        .map((kind) =>
          refusedUnless(`variables.kind != ${quote(kind)} || ${listsAny(input, kind)}`, unlisted, {
            field: "kind",
            found: `is ${kind}, and spec.exposure lists none`,
          }),
        ),
      refusedUnless(
        `${isNo(serviceIs.type("LoadBalancer"))} || ${list(backendAnnotations)}.all(k, k in ${annotations("object")} && (${annotations("object")}[k] == variables.backends || ${annotations("object")}[k].startsWith(variables.backends + ',')))`,
        "BackendsNotVerified",
        {
          field: `metadata.annotations[${backendAnnotations.join("] or [")}]`,
          found: `does not begin with ${hole("variables.backends")}`,
        },
      ),
    ],
  },
});

type Said = { readonly field: string; readonly found: string };

const unlisted = "ExposureNotListed";

const isNo = (service: string): string => `!(variables.kind == 'Service' && ${service})`;

const ofService = (input: NativeInput, type: string, is: string, said: Said): Validation =>
  refusedUnless(`${isNo(is)} || ${listsAny(input, `Service ${type}`)}`, unlisted, {
    field: said.field,
    found: `${said.found}, and spec.exposure lists no Service of type ${type}`,
  });

const listsAny = ({ exposing }: NativeInput, what: string): string => `variables.zone in ${list(exposing[what] ?? [])}`;

const refusedUnless = (expression: string, reason: Reason, { field, found }: Said): Validation => ({
  expression,
  reason: "Forbidden",
  messageExpression: denial(reason, { zone: hole("variables.zone"), field, found }),
});
