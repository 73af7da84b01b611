import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir, tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import type { Family, Program } from "./catalog.ts";
import { versionOf } from "./catalog.ts";
import type { Release } from "./versions.ts";

/** Where programs are cached: $XDG_CACHE_HOME or ~/.cache, or a folder of the user's under the temporary folder where neither can be written. */
export const cacheFolder = (env: NodeJS.ProcessEnv): string => {
  const wanted = join(env["XDG_CACHE_HOME"] || join(env["HOME"] || homedir(), ".cache"), "domicile", "programs");
  return existsSync(wanted) || canMake(wanted) ? wanted : join(tmpdir(), `domicile-${userInfo().uid}`, "programs");
};

/** Absolute path of a program in the cache, whether or not it is there; the folder's name carries version and platform. */
export const cachedPath = (cache: string, program: Program, release: Release): string =>
  join(familyFolder(cache, program.family, release), program.name);

/** Go's and the publishers' name for this machine's processor. */
export const architecture = (): string => (process.arch === "x64" ? "amd64" : process.arch);

/** Runs `fill` on an empty folder beside the cache, then moves each named file into place; rename makes it safe for two runs at once. */
export const fillCache = async (
  cache: string,
  programs: readonly Program[],
  release: Release,
  fill: (folder: string) => Promise<void>,
): Promise<void> => {
  mkdirSync(cache, { recursive: true });
  const scratch = mkdtempSync(join(cache, ".making-"));
  try {
    await fill(scratch);
    for (const program of programs) {
      const target = cachedPath(cache, program, release);
      mkdirSync(dirname(target), { recursive: true });
      renameSync(join(scratch, program.name), target);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
};

const familyFolder = (cache: string, family: Family, release: Release): string =>
  join(cache, `${family}-${versionOf(family, release)}-linux-${architecture()}`);

const canMake = (folder: string): boolean => {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};
