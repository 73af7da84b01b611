import { stringify } from "yaml";
import { Stop } from "./stop.ts";
import type { Found } from "./verb.ts";

const formats: Readonly<Record<string, (found: Found) => string>> = {
  people: ({ lines }) => `${lines.map(printable).join("\n")}\n`,
  json: ({ value }) => `${JSON.stringify(value, null, 2)}\n`,
  yaml: ({ value }) => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }),
};

/** How answers are written by `-o`; a Stop for a format there is none of. */
export const printer = (format = "people"): ((found: Found) => string) => {
  const print = Object.hasOwn(formats, format) ? formats[format] : undefined;
  if (print === undefined) throw new Stop("unreadable", `-o ${format} is no format; there are json and yaml.`);
  return print;
};

/** Names of nodes and labels are anybody's text, and a terminal obeys control characters. */
export const printable = (line: string): string => line.replaceAll(/[\p{Cc}\p{Cf}]/gu, "?");
