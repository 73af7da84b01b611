import { join } from "node:path";
import { readFileSync } from "node:fs";
import type { Cluster } from "../cluster/cluster.ts";
import type { Kubelet } from "../cluster/kubelet.ts";
import { field, type KubeObject } from "../cluster/objects.ts";

/** What the scenes share: the cluster, the node that runs Domicile, and how to speak to the person watching. */
export type Stage = { readonly cluster: Cluster; readonly home: Kubelet; readonly say: (line: string) => void };

const root = join(import.meta.dirname, "..", "..");

/** Applies a file of the repository with kubectl, and shows the command. */
export const applyFile = async ({ cluster, say }: Stage, file: string): Promise<void> => {
  say(`      $ kubectl apply -f ${file}`);
  const { code, stderr } = await cluster.kubectl(["apply", "-f", "-"], {
    stdin: readFileSync(join(root, file), "utf8"),
  });
  if (code !== 0) throw new Error(`kubectl apply -f ${file}: ${stderr.trim()}`);
};

/** Runs kubectl and shows what it printed. */
export const show = async ({ cluster, say }: Stage, ...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await cluster.kubectl(args);
  if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr.trim()}`);
  say(`      $ kubectl ${args.join(" ")}`);
  for (const line of stdout.trimEnd().split("\n")) say(`      ${line}`);
  return stdout;
};

/** Pods of a namespace that run, by the node they run on. */
export const runningOn = (pods: readonly KubeObject[]): ReadonlyMap<string, string> =>
  new Map(
    pods
      .filter((pod) => field(pod, "status.phase") === "Running")
      .map((pod) => [pod.metadata.name ?? "", String(field(pod, "spec.nodeName"))]),
  );

/** Throws the sentence unless it holds. */
export function hold(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new Error(sentence);
}

/** Creates what must be refused and gives the refusal's sentence. */
export const refusalOf = async (stage: Stage, object: KubeObject): Promise<string> => {
  const { ok, message } = await stage.cluster.admin.create(object);
  hold(!ok, `${object.kind} ${object.metadata.name} was accepted, and should have been refused`);
  stage.say(`      refused: ${message}`);
  return message;
};
