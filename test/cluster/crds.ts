import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { must } from "./client.ts";
import type { Cluster } from "./cluster.ts";
import { condition, ref, type KubeObject } from "./objects.ts";

const folder = join(import.meta.dirname, "..", "crds");

/** The other projects' definitions in test/crds, by resource and group. */
export const crdNames = readdirSync(folder).map((file) => file.replace(/\.yaml$/, ""));

const crdOf = (name: string) => parse(readFileSync(join(folder, `${name}.yaml`), "utf8")) as KubeObject;

/** Makes the API server serve these kinds. */
export const installCrds = async (cluster: Cluster, names: readonly string[]): Promise<void> => {
  for (const name of names) await must(cluster.admin.apply(crdOf(name), { fieldManager: "tests", force: true }));
  for (const name of names)
    await cluster.admin.until<KubeObject>(refOf(name), (now) => condition(now, "Established") === "True", {
      describe: `${name} is served`,
    });
};

/** Takes these kinds away, with all of their objects. */
export const removeCrds = async (cluster: Cluster, names: readonly string[]): Promise<void> => {
  for (const name of names) await cluster.admin.delete(refOf(name));
  for (const name of names) await cluster.admin.untilGone(refOf(name), { describe: `${name} is gone` });
};

const refOf = (name: string) => ref("apiextensions.k8s.io/v1", "CustomResourceDefinition", name);
