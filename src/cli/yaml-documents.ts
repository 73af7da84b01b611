import { parseAllDocuments } from "yaml";
import { Stop } from "./stop.ts";

/** Aliases that a document may follow: a bomb doubles with each. */
const mostAliases = 100;

/** The values of all documents of a text, JSON or YAML. A Stop names the file, the line and what is wrong. */
export const parseDocuments = (path: string, content: string): readonly unknown[] => {
  // JSON is YAML, and much faster read as JSON.
  if (/^\s*[{[]/.test(content)) {
    try {
      return [JSON.parse(content)];
    } catch {
      // Flow-style YAML, or several documents.
    }
  }
  try {
    // As kubectl reads it: with merge keys.
    const documents = parseAllDocuments(content, { merge: true, logLevel: "silent", prettyErrors: true });
    const [error] = documents.flatMap(({ errors }) => errors);
    if (error !== undefined) throw error;
    return documents.map((document): unknown => document.toJS({ maxAliasCount: mostAliases }));
  } catch (problem) {
    const [first = ""] = (problem instanceof Error ? problem.message : String(problem)).split("\n");
    throw new Stop("unreadable", `${path} is no YAML that can be read: ${whyNot(problem, first)}; ${next(content)}.`, {
      cause: problem,
    });
  }
};

const whyNot = (problem: unknown, said: string): string => {
  if (problem instanceof RangeError) return "it nests too deep";
  if (problem instanceof ReferenceError) return "its aliases unfold to more than anybody needs";
  return said.replace(/[:.]+$/, "");
};

const next = (content: string): string =>
  content.includes("{{") ? "if it is a template, render it first (helm template … | … -f -)" : "mend it";
