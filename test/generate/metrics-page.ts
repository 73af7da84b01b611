import { metricsTable } from "../../src/ops/metrics-table.ts";
import { cell } from "./reasons-page.ts";

/** docs/metrics.md: every metric, its type, its labels and its meaning with its unit. */
export const metricsPage = (): string => `<!-- Written by npm run generate from src/ops/metrics-table.ts; edit that. -->

# Metrics

Every replica serves these on its ops port (8080) at \`/metrics\`, besides the usual ones of a Node.js process. No metric holds a secret, an object or the name of a person.

| metric | type | labels | means |
| --- | --- | --- | --- |
${Object.entries(metricsTable)
  .map(([name, { type, labels, help }]) => `| \`${name}\` | ${type} | ${labels.join(", ")} | ${cell(help)} |`)
  .join("\n")}
`;
