import { run } from "../../../src/cli/run.ts";

/** How a command ended and everything it said. */
export type Ended = { readonly code: number; readonly out: string; readonly err: string };

/** Runs a command line that asks no cluster; one that would ends as a defect does. */
export const command = async (
  args: readonly string[],
  stdin: string | AsyncIterable<Uint8Array> = "",
): Promise<Ended> => {
  const said = { out: "", err: "" };
  const code = await run(args, {
    program: "domicile",
    stdin: typeof stdin === "string" ? bytes(stdin) : stdin,
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    ends: () => AbortSignal.abort(),
    connect: () => Promise.reject(new Error(`${args.join(" ")} asks a cluster`)),
  });
  return { code, ...said };
};

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
