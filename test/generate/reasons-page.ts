import { reasons } from "../../src/api/reasons.ts";

/** docs/reasons.md: every reason, what it says, and what to do. */
export const reasonsPage = (): string => `<!-- Written by npm run generate from src/api/reasons.ts; edit that. -->

# Reasons

Whatever Domicile decides, it gives one of these reasons: in conditions, events, denials, logs and metrics. The list is closed.

| Reason | What it says | What to do |
| --- | --- | --- |
${Object.entries(reasons)
  .map(([reason, { says, next }]) => `| \`${reason}\` | ${cell(says)} | ${cell(next)} |`)
  .join("\n")}
`;

/** Text as a cell of a Markdown table. */
export const cell = (text: string): string =>
  text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll(/\s+/g, " ");
