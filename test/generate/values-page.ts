import { isMap, isScalar, parseDocument, stringify, type Pair, type YAMLMap } from "yaml";
import { cell } from "./reasons-page.ts";

/** One value of the chart: its path, its default as YAML on one line, and the comment above it. */
export type ChartValue = { readonly path: string; readonly default: string; readonly means: string };

/** Every value of a values.yaml; throws where one has no comment that says what it is for. */
const chartValues = (text: string): readonly ChartValue[] => {
  const { contents } = parseDocument(text);
  if (!isMap(contents)) throw new Error("values.yaml is not a map");
  return valuesIn(contents, "");
};

const valuesIn = (map: YAMLMap, above: string): readonly ChartValue[] =>
  map.items.flatMap((pair, index) => {
    const { name, means } = nameOf(map, pair, index);
    const path = `${above}${name}`;
    // A map that is explained as a whole is one value.
    if (means === "" && isMap(pair.value) && pair.value.items.length > 0) return valuesIn(pair.value, `${path}.`);
    if (means === "") throw new Error(`values.yaml: ${path} has no comment above it`);
    const shown = stringify(pair.value, { collectionStyle: "flow", lineWidth: 0 }).trim();
    return [{ path, default: shown, means }];
  });

const nameOf = (map: YAMLMap, { key }: Pair, index: number): { readonly name: string; readonly means: string } => {
  if (!isScalar(key)) throw new Error("values.yaml: a key is no plain word");
  // The parser hangs the comment above the first key on the map.
  const comment = (index === 0 ? map.commentBefore : undefined) ?? key.commentBefore ?? "";
  return { name: String(key.value), means: comment.replaceAll(/\s+/g, " ").trim() };
};

/** charts/domicile/README.md: how to install, and every value with its default and its reason. */
export const valuesPage = (text: string): string => `<!-- Written by npm run generate from values.yaml; edit that. -->

# The chart

One installation per cluster. Kubernetes 1.34 or later; installed, upgraded, rolled back and uninstalled with Helm 4 and Helm 3 in the project's tests.

\`\`\`
helm install domicile charts/domicile -n domicile-system --create-namespace --set image.repository=REGISTRY/domicile
helm test domicile -n domicile-system      # asks the API server for a pod that Domicile has to refuse
\`\`\`
Values that the chart does not know are refused, with their path. Alerts: \`files/alerts.yaml\`; dashboard: \`files/dashboard.json\`.

| value | default | means |
| --- | --- | --- |
${chartValues(text)
  .map(({ path, default: shown, means }) => `| \`${path}\` | \`${cell(shown)}\` | ${cell(means)} |`)
  .join("\n")}
`;
