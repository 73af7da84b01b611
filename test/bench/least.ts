import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { must } from "../cluster/client.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { ref, type KubeObject, type Manifest } from "../cluster/objects.ts";
import { entrypoint } from "../e2e/domicile.ts";
import { namespaceOf } from "../e2e/resources.ts";

type Entry = { readonly name: string; readonly clientConfig: { readonly service: { readonly path: string } } };

/** A namespace whose pods are pinned by the least that can: what no webhook on this machine does better than. */
export type Least = { readonly stop: () => Promise<void> };

/**
 * Has the namespace's pods pinned by `pinner.ts`, which decides nothing. It is registered as Domicile is for `zone`,
 * condition for condition; the selector is pinned to `key`.
 */
export const startLeast = async (
  { admin }: Cluster,
  { namespace, zone, key }: { readonly namespace: string; readonly zone: string; readonly key: string },
): Promise<Least> => {
  const operations = JSON.stringify([{ op: "add", path: "/spec/nodeSelector", value: { [key]: "verified" } }]);
  const [command = "", ...args] = entrypoint().slice(0, -1);
  const child = spawn(command, [...args, join(import.meta.dirname, "pinner.ts"), operations], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const [{ webhooks, ca }] = (await once(child, "message")) as [{ readonly webhooks: number; readonly ca: string }];
  await must(admin.create(namespaceOf(namespace, { "pod-security.kubernetes.io/enforce": "baseline" }) as KubeObject));
  const made: Manifest[] = [];
  for (const kind of ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"]) {
    const target = ref("admissionregistration.k8s.io/v1", kind, "domicile");
    const { webhooks: entries } = await must(admin.get<{ readonly webhooks: readonly Entry[] }>(target));
    const ofZone = entries.filter(({ name }) => name === `${zone}.zone.pods.domicile.dev`);
    const configuration = {
      ...ref(target.apiVersion, kind, "bench-least"),
      webhooks: ofZone.map((entry) => ({
        ...entry,
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
        clientConfig: {
          url: `https://localhost:${webhooks}${entry.clientConfig.service.path}`,
          caBundle: Buffer.from(ca).toString("base64"),
        },
      })),
    };
    await must(admin.create(configuration as Manifest));
    made.push(configuration as Manifest);
  }
  return {
    stop: async () => {
      for (const configuration of made) await admin.delete(configuration);
      await admin.delete(ref("v1", "Namespace", namespace));
      child.disconnect();
    },
  };
};
