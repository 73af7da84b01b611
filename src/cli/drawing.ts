/** A box of a drawing: what it is, and the lines in it. */
export type Box = { readonly id: string; readonly kind: string; readonly says: readonly string[] };

/** An arrow between two boxes; `dashed` is what should not be there. */
export type Arrow = { readonly from: string; readonly to: string; readonly says: string; readonly dashed: boolean };

/** Who reaches whom. */
export type Drawing = {
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
  readonly notes: readonly string[];
};

/** The languages that a drawing is written in. */
export const languages = ["mermaid", "dot"] as const;

/** A drawing in Mermaid, as Markdown shows it between three backquotes. */
export const mermaid = ({ boxes, arrows, notes }: Drawing): readonly string[] => {
  const name = namer(boxes);
  const quoted = (text: string): string => `"${text.replaceAll(/[#"<>&`]/g, (sign) => `#${sign.codePointAt(0)};`)}"`;
  const lines = (all: readonly string[]): string => `"${all.map((line) => quoted(line).slice(1, -1)).join("<br/>")}"`;
  return [
    "flowchart LR",
    ...notes.map((note) => `  %% ${note}`),
    ...boxes.map(({ id, says }) => `  ${name(id)}[${lines(says)}]`),
    ...arrows.map(
      ({ from, to, says, dashed }) => `  ${name(from)} ${dashed ? "-.->" : "-->"}|${quoted(says)}| ${name(to)}`,
    ),
  ];
};

/** A drawing in Graphviz' language. */
export const dot = ({ boxes, arrows, notes }: Drawing): readonly string[] => {
  const name = namer(boxes);
  const escaped = (text: string): string => text.replaceAll(/["\\]/g, (sign) => `\\${sign}`);
  return [
    "digraph domicile {",
    "  rankdir=LR; node [shape=box];",
    ...notes.map((note) => `  // ${note}`),
    ...boxes.map(({ id, says }) => `  ${name(id)} [label="${says.map(escaped).join("\\n")}"];`),
    ...arrows.map(
      ({ from, to, says, dashed }) =>
        `  ${name(from)} -> ${name(to)} [label="${escaped(says)}"${dashed ? ", style=dashed, color=red" : ""}];`,
    ),
    "}",
  ];
};

/** Short names that both languages take, whatever stands in the boxes. */
const namer = (boxes: readonly Box[]): ((id: string) => string) => {
  const names = new Map(boxes.map(({ id }, index) => [id, `n${index + 1}`]));
  return (id) => names.get(id) ?? "unknown";
};
