import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import type { Program } from "./catalog.ts";

/** Absolute path of an installed program (KUBEBUILDER_ASSETS first, then PATH) that says it is exactly this version, or undefined. */
export const findInstalled = async (
  program: Program,
  version: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> => {
  if (!program.asks) return undefined;
  for (const folder of [env["KUBEBUILDER_ASSETS"] ?? "", ...(env["PATH"] ?? "").split(delimiter)]) {
    const path = join(folder, program.name);
    if (folder && executable(path) && (await saysVersion(path, program.asks)) === version) return path;
  }
  return undefined;
};

const executable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const saysVersion = async (path: string, asks: NonNullable<Program["asks"]>): Promise<string | undefined> =>
  promisify(execFile)(path, [...asks.args], { timeout: 20_000 }).then(
    ({ stdout }) => asks.says.exec(stdout)?.[1],
    () => undefined,
  );
