/** One row of a sheet: its heading, and one line or several. */
export type Row = readonly [heading: string, lines: string | readonly string[]];

/** An object's answers under each other: a title, then headings in one column. Rows without lines are left out. */
export const sheet = (title: string, rows: readonly Row[]): readonly string[] => {
  const kept = rows.flatMap(([heading, lines]): readonly (readonly [string, readonly string[]])[] => {
    const all = typeof lines === "string" ? [lines] : lines;
    return all.length === 0 ? [] : [[heading, all]];
  });
  const width = Math.max(0, ...kept.map(([heading]) => heading.length)) + 2;
  return [
    title,
    ...kept.flatMap(([heading, lines]) =>
      lines.map((line, index) => `  ${(index === 0 ? `${heading}:` : "").padEnd(width)}${line}`),
    ),
  ];
};

/** Rows under headings, columns as wide as they need. */
export const columns = (heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at]?.length ?? 0)));
  return [heads, ...rows].map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
};
