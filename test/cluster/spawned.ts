import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

/** How a program ended and everything it said. */
export type Output = { readonly code: number; readonly stdout: string; readonly stderr: string };

export type Running = { readonly stdin?: string; readonly env?: NodeJS.ProcessEnv; readonly cwd?: string };

/** Runs a program to its end; a failing exit code is an output like any other. */
export const output = async (
  program: string,
  args: readonly string[],
  { stdin = "", env, cwd }: Running = {},
): Promise<Output> => {
  const child = spawn(program, args, {
    stdio: ["pipe", "pipe", "pipe"],
    ...(env ? { env } : {}),
    ...(cwd ? { cwd } : {}),
  });
  // A program that ends without reading its input must not end us.
  child.stdin.on("error", () => {}).end(stdin);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { code: typeof code === "number" ? code : 1, stdout, stderr };
};
