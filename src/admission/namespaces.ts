import { zoneLabel } from "../api/names.ts";
import { mayNotDeclassify, mayNotUse } from "../native/membership.ts";
import { moveNamespace, nameNamespace } from "../placement/membership.ts";
import { answer } from "../placement/mode.ts";
import { refuse, unknownZone } from "../placement/place.ts";
import type { World } from "../zone/world.ts";
import { allowed, type Decided, type Outcome } from "./decided.ts";
import { isObject, type JsonObject } from "./json.ts";
import { patchBetween } from "./patch.ts";
import type { Review } from "./review.ts";

/** Answers the mutating review of a new namespace that a zone names in spec.namespaces: it gets that zone's label. */
export const mutateNamespace = (world: World, { namespace, object }: Review): Decided => {
  const label = zoneOf(object);
  const naming = nameNamespace(world, namespace, label);
  // The API server saw a zone that names it, and here that is not heard of yet, or heard of as gone.
  if (naming === undefined) {
    const found = "is named by a zone for the API server and by none as last heard here";
    return denied(
      unknownZone,
      refuse(unknownZone, { reason: "NamespaceUnseen", field: `namespace ${namespace}`, found }),
    );
  }
  const { zone } = naming;
  if (naming.kind === "refused") return denied(zone, naming);
  const outcome: Outcome =
    label === zone ? allowed : { kind: "patched", patch: patchBetween(object, labelled(object, zone)) };
  return { reason: "NamespaceJoins", zone, outcome };
};

/** Answers the validating review of a namespace whose zone label is set, changed or taken away. */
export const validateNamespace = (world: World, { namespace, object, oldObject }: Review): Decided => {
  const membership = moveNamespace(world, { namespace, before: zoneOf(oldObject), after: zoneOf(object) });
  const { zone, reason } = membership;
  if (membership.kind === "allowed") return { zone, reason, outcome: allowed };
  const reply = answer(world, membership, membership.always);
  if (reply.kind === "deny") return denied(membership.zone, membership);
  const { warnings, audited } = reply;
  return { zone, reason, outcome: { kind: "allowed", warnings, ...(audited === undefined ? {} : { audited }) } };
};

/** Answers for a namespace that somebody puts into a zone who, as the API server found, may not use it. */
export const refuseJoin = (_world: World, { namespace, object, user }: Review): Decided => {
  const zone = zoneOf(object) ?? unknownZone;
  const found = mayNotUse(zone, user.name);
  return denied(zone, refuse(zone, { reason: "UseNotGranted", field: `namespace ${namespace}`, found }));
};

/** Answers for a namespace that somebody takes out of a zone who, as the API server found, may not declassify it. */
export const refuseLeave = (_world: World, { namespace, oldObject, user }: Review): Decided => {
  const zone = zoneOf(oldObject) ?? unknownZone;
  const found = mayNotDeclassify(zone, user.name);
  return denied(zone, refuse(zone, { reason: "DeclassifyNotGranted", field: `namespace ${namespace}`, found }));
};

const denied = (zone: string, { reason, message }: ReturnType<typeof refuse>): Decided => ({
  zone,
  reason,
  outcome: { kind: "denied", code: 403, message },
});

const zoneOf = (object: JsonObject | undefined): string | undefined => {
  const label = labelsOf(object)[zoneLabel];
  return typeof label === "string" ? label : undefined;
};

const labelled = (object: JsonObject, zone: string): JsonObject => ({
  ...object,
  metadata: { ...metadataOf(object), labels: { ...labelsOf(object), [zoneLabel]: zone } },
});

const metadataOf = (object: JsonObject | undefined): JsonObject => {
  const metadata = object?.["metadata"];
  return isObject(metadata) ? metadata : {};
};

const labelsOf = (object: JsonObject | undefined): JsonObject => {
  const { labels } = metadataOf(object);
  return isObject(labels) ? labels : {};
};
