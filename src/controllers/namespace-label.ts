import { fieldManagers, podSecurityLabel, sealedLabel, zoneLabel } from "../api/names.ts";
import { unlessGone } from "../kube/failure.ts";
import { apply, jsonPatch, pointer } from "../kube/objects.ts";
import { resources } from "../kube/resources.ts";
import type { Transport } from "../kube/transport.ts";
import type { NamespaceFacts } from "../zone/facts.ts";
import { atLeastBaseline } from "../zone/pod-security.ts";

/**
 * Raises the namespace's Pod Security level to baseline where it is looser. One label, one field manager: an apply that
 * leaves out what its manager applied before would take it away.
 */
export const keepPodSecurity = async (
  transport: Transport,
  { name, uid, podSecurity }: NamespaceFacts,
  signal: AbortSignal,
): Promise<void> => {
  const level = atLeastBaseline(podSecurity);
  if (level === podSecurity) return;
  const object = { metadata: { name, uid, labels: { [podSecurityLabel]: level } } };
  await apply(transport, resources.namespaces, object, {
    fieldManager: fieldManagers.podSecurity,
    force: true,
    signal,
  });
};

/**
 * Sets the seal, if the namespace still is as it was looked at: from then on nobody may loosen its level, and until then
 * anybody may. A KubeError `invalid` where its zone or level is another by now: the loop looks again.
 */
export const seal = async (
  transport: Transport,
  { name, uid, podSecurity }: NamespaceFacts,
  zone: string,
  signal: AbortSignal,
): Promise<void> => {
  await jsonPatch(
    transport,
    resources.namespaces,
    { name },
    [
      { op: "test", path: "/metadata/uid", value: uid },
      { op: "test", path: labelAt(zoneLabel), value: zone },
      { op: "test", path: labelAt(podSecurityLabel), value: atLeastBaseline(podSecurity) },
      { op: "add", path: labelAt(sealedLabel), value: zone },
    ],
    { fieldManager: fieldManagers.namespaces, signal },
  );
};

/** Takes the seal away; does nothing where the namespace is gone, and throws where another bears its name by now. */
export const unseal = async (
  transport: Transport,
  { name, uid }: NamespaceFacts,
  signal: AbortSignal,
): Promise<void> => {
  await unlessGone(
    jsonPatch(
      transport,
      resources.namespaces,
      { name },
      [
        { op: "test", path: "/metadata/uid", value: uid },
        { op: "remove", path: labelAt(sealedLabel) },
      ],
      { fieldManager: fieldManagers.namespaces, signal },
    ),
  );
};

const labelAt = (key: string): string => pointer("metadata", "labels", key);
