import { fieldManagers, sealedLabel } from "../api/names.ts";
import { unlessGone } from "../kube/failure.ts";
import { apply, jsonPatch, pointer } from "../kube/objects.ts";
import { resources } from "../kube/resources.ts";
import type { Transport } from "../kube/transport.ts";
import type { NamespaceFacts } from "../zone/facts.ts";

/** Sets one label. One label, one field manager: an apply that leaves out what its manager applied before would take it away. */
export const labelNamespace = async (
  transport: Transport,
  { name, uid }: NamespaceFacts,
  [key, value]: readonly [string, string],
  fieldManager: string,
  signal: AbortSignal,
): Promise<void> => {
  const object = { metadata: { name, uid, labels: { [key]: value } } };
  await apply(transport, resources.namespaces, object, { fieldManager, force: true, signal });
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
        { op: "remove", path: pointer("metadata", "labels", sealedLabel) },
      ],
      { fieldManager: fieldManagers.namespaces, signal },
    ),
  );
};
