import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { dot, mermaid, type Drawing } from "../../../src/cli/drawing.ts";
import { printable } from "../../../src/cli/print.ts";

/** Whatever people call things: quotes, brackets, backslashes, keywords and breaks of lines. */
const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    '"]',
    '"];',
    "end",
    "\\",
    '\\"',
    "-->",
    "|x|",
    "<script>",
    "#quot;",
    "`",
    "a\nb",
    "%%",
    "{",
    "subgraph",
  ),
);
const drawing: fc.Arbitrary<Drawing> = fc
  .tuple(fc.array(fc.array(anyText, { maxLength: 3 }), { minLength: 1, maxLength: 4 }), anyText, fc.boolean())
  .map(([boxes, says, dashed]) => ({
    boxes: boxes.map((lines, index) => ({ id: `box ${index}`, kind: "any", says: lines })),
    arrows: boxes.map((_, index) => ({ from: "box 0", to: `box ${index}`, says, dashed })),
    notes: [says],
  }));

const mermaidText = '"(?:[^"<>`#]|#\\d+;|<br/>)*"';
const dotText = '"(?:[^"\\\\]|\\\\["\\\\n])*"';

test("whatever things are called, every line of a drawing is of its language", () => {
  fc.assert(
    fc.property(drawing, (drawn) => {
      for (const line of mermaid(drawn).map(printable))
        assert.match(
          line,
          new RegExp(
            `^(flowchart LR|  %% .*|  n\\d+\\[${mermaidText}\\]|  n\\d+ (-->|-\\.->)\\|${mermaidText}\\| n\\d+)$`,
            "u",
          ),
        );
      for (const line of dot(drawn).map(printable))
        assert.match(
          line,
          new RegExp(
            `^(digraph domicile \\{|  rankdir=LR; node \\[shape=box\\];|  // .*|  n\\d+ \\[label=${dotText}\\];|  n\\d+ -> n\\d+ \\[label=${dotText}(, style=dashed, color=red)?\\];|\\})$`,
            "u",
          ),
        );
    }),
  );
});
