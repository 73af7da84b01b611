import { parseAllDocuments } from "yaml";
import type { Cluster } from "../cluster/cluster.ts";
import { templateChart } from "../cluster/helm.ts";
import type { KubeObject } from "../cluster/objects.ts";

/** The least that must be given. */
export const least = { image: { repository: "domicile" } };

/** The chart as text, with the CRDs left out unless `values` asks for them. */
export const render = async (cluster: Cluster, values: object): Promise<string> => {
  const given = { ...least, crds: { enabled: false }, ...values };
  const { code, stdout, stderr } = await templateChart(cluster, {
    release: "domicile",
    namespace: "domicile-system",
    values: given,
  });
  if (code !== 0) throw new Error(`helm template: ${stderr}`);
  return stdout;
};

/** The chart as objects. */
export const objects = async (cluster: Cluster, values: object): Promise<readonly KubeObject[]> =>
  parse(await render(cluster, values));

export const parse = (text: string): readonly KubeObject[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as KubeObject | null)
    .filter((object) => object !== null);

/** The one object of this kind and name; throws when it is not rendered. */
export const pick = (all: readonly KubeObject[], kind: string, name = "domicile"): KubeObject => {
  const found = all.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`the chart renders no ${kind} ${name}`);
  return found;
};

/** What Helm says when it refuses these values. */
export const refusal = async (cluster: Cluster, values: object): Promise<string> => {
  const { code, stderr } = await templateChart(cluster, { release: "domicile", namespace: "domicile-system", values });
  return code === 0 ? "" : stderr;
};
