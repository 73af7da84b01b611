import { stringify } from "yaml";
import { Stop } from "./stop.ts";
import type { Found } from "./verb.ts";

const people = ({ lines }: Found): string => `${lines.map(printable).join("\n")}\n`;

const formats: Readonly<Record<string, (found: Found) => string>> = {
  people,
  json: ({ value }) => `${JSON.stringify(value, null, 2)}\n`,
  yaml: ({ value }) => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }),
};

/** How answers are written by `-o`; `drawn` are the languages that a verb draws in. A Stop for a format there is none of. */
export const printer = (format = "people", drawn: readonly string[] = []): ((found: Found) => string) => {
  if (drawn.includes(format)) return (found) => people({ ...found, lines: found.drawn?.[format] ?? [] });
  const print = Object.hasOwn(formats, format) ? formats[format] : undefined;
  if (print === undefined) {
    const known = [...drawn, "json"].join(", ");
    throw new Stop("unreadable", `-o ${format} is no format; there are ${known} and yaml.`);
  }
  return print;
};

/** Names of nodes and labels are anybody's text, and a terminal obeys control characters. */
export const printable = (line: string): string => line.replaceAll(/[\p{Cc}\p{Cf}]/gu, "?");
