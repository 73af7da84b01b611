/** One thing the demo shows: `tell` does it and says in a few words what was seen, or throws what did not hold. */
export type Scene<Stage> = { readonly title: string; readonly tell: (stage: Stage) => Promise<string> };

export type Row = { readonly title: string; readonly seen: string; readonly held: boolean };

/** Plays the scenes in order and stops at the first that does not hold. */
export const play = async <Stage>(
  scenes: readonly Scene<Stage>[],
  stage: Stage,
  say: (line: string) => void,
): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  for (const [index, { title, tell }] of scenes.entries()) {
    say(`\n[${index + 1}/${scenes.length}] ${title}`);
    try {
      const seen = await tell(stage);
      rows.push({ title, seen, held: true });
      say(`      ${seen}`);
    } catch (problem) {
      rows.push({ title, seen: problem instanceof Error ? problem.message : String(problem), held: false });
      break;
    }
  }
  return rows;
};

/** The rows as a table for a terminal, `width` columns wide. */
export const table = (rows: readonly Row[], width: number): string => {
  const first = Math.min(44, Math.max(...rows.map(({ title }) => title.length)));
  const second = Math.max(30, width - first - 12);
  const line = `+${"-".repeat(first + 2)}+${"-".repeat(second + 2)}+------+`;
  const body = rows.flatMap(({ title, seen, held }) => {
    const left = wrap(title, first);
    const right = wrap(seen, second);
    return Array.from({ length: Math.max(left.length, right.length) }, (_, at) => {
      const mark = at > 0 ? "    " : held ? " ok " : "FAIL";
      return `| ${(left[at] ?? "").padEnd(first)} | ${(right[at] ?? "").padEnd(second)} | ${mark} |`;
    });
  });
  return [line, ...body, line].join("\n");
};

const wrap = (text: string, width: number): readonly string[] => {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).flatMap((long) => long.match(new RegExp(`.{1,${width}}`, "g")) ?? [])) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
};
