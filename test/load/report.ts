/** Rows of text as columns, the first row as the head. */
export const table = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))),
    )
    .map((row) => row.join("  "))
    .join("\n");
};

/** Milliseconds as people read them. */
export const seconds = (ms: number): string => (ms === Infinity ? "never ended" : `${(ms / 1000).toFixed(1)} s`);
