import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { crd } from "../../src/api/crd.ts";
import type { Definition } from "../../src/api/definition.ts";
import { group } from "../../src/api/names.ts";
import { nodeAttestation } from "../../src/api/node-attestation.ts";
import { remoteCluster } from "../../src/api/remote-cluster.ts";
import { residencyZone } from "../../src/api/residency-zone.ts";
import { cliPage } from "./cli-page.ts";
import { dashboard } from "./dashboard.ts";
import { metricsPage } from "./metrics-page.ts";
import { reasonsPage } from "./reasons-page.ts";
import { policyTemplates } from "./policy-templates.ts";
import { referencePage } from "./reference-page.ts";
import { valuesPage } from "./values-page.ts";
import { threatsPage } from "./threats-page.ts";

const definitions: readonly Definition[] = [residencyZone, remoteCluster, nodeAttestation];

const values = join(import.meta.dirname, "..", "..", "charts", "domicile", "values.yaml");

/** Every generated file: its path from the repository's root, and what belongs in it. */
export const generatedFiles = (): ReadonlyMap<string, string> => {
  const crds = definitions.flatMap((definition) => {
    const content = yaml(crd(definition));
    // controller-gen's spelling, which people look for: GROUP_PLURAL.yaml
    const name = `${group}_${definition.plural}.yaml`;
    return ["crds", "charts/domicile/files/crds"].map((folder) => [`${folder}/${name}`, content] as const);
  });
  return new Map([
    ...crds,
    ["docs/reference.md", referencePage(definitions)] as const,
    ["docs/reasons.md", reasonsPage()] as const,
    ["docs/metrics.md", metricsPage()] as const,
    ["charts/domicile/README.md", valuesPage(readFileSync(values, "utf8"))] as const,
    ["charts/domicile/files/dashboard.json", `${JSON.stringify(dashboard(), null, 2)}\n`] as const,
    ["docs/cli.md", cliPage()] as const,
    ["docs/threats.md", threatsPage()] as const,
    ...policyTemplates(),
  ]);
};

const yaml = (value: unknown): string =>
  `# Written by npm run generate from src/api; edit that.\n${stringify(value, { lineWidth: 120, aliasDuplicateObjects: false })}`;
