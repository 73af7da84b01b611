import { existsSync, mkdirSync } from "node:fs";
import { styleText } from "node:util";
import { build, goVersion } from "./build.ts";
import { architecture, cacheFolder, cachedPath, fillCache } from "./cache.ts";
import type { Family, Program, ProgramName, Purpose } from "./catalog.ts";
import { catalog, usualBuildTime, versionOf } from "./catalog.ts";
import { download } from "./download.ts";
import { exclusively } from "./exclusively.ts";
import { findInstalled } from "./found.ts";
import type { Bases, Held } from "./publishers.ts";
import { officialBases, sourcesOf } from "./publishers.ts";
import type { Release } from "./versions.ts";
import { chosenRelease } from "./versions.ts";

/** Program name → absolute path; what is not for a cluster is there only when it was asked for once. */
export type Programs = Readonly<Partial<Record<ProgramName, string>>>;

/** Where a run looks and what it says; `bases` can point downloads at another server, `say` gets one line at a time. */
export type Search = {
  readonly env: NodeJS.ProcessEnv;
  readonly bases?: Bases;
  readonly say?: (line: string) => void;
};

/** Paths of the programs that are there already (installed in the right version, or cached); nothing is fetched. */
export const locate = async ({ env }: Search): Promise<Programs> => {
  const release = chosenRelease(env);
  const cache = cacheFolder(env);
  const found: Partial<Record<ProgramName, string>> = {};
  for (const program of catalog) {
    const installed = await findInstalled(program, versionOf(program.family, release), env);
    const cached = cachedPath(cache, program, release);
    if (installed !== undefined) found[program.name] = installed;
    else if (existsSync(cached)) found[program.name] = cached;
  }
  return found;
};

/** Makes every program for these purposes ready: installed → cached → downloaded → built from Go modules. Rejects with one sentence that says what to do. */
export const ensure = async (purposes: readonly Purpose[], search: Search): Promise<Programs> => {
  const wanted = catalog.filter(({ purpose }) => purposes.includes(purpose));
  const isComplete = (found: Programs): boolean => wanted.every(({ name }) => found[name] !== undefined);
  const found = await locate(search);
  if (isComplete(found)) return found;
  const cache = cacheFolder(search.env);
  mkdirSync(cache, { recursive: true });
  return exclusively(cache, search.say, async () => {
    // Another run may have built them while this one waited.
    const now = await locate(search);
    const missing = wanted.filter(({ name }) => now[name] === undefined);
    for (const family of new Set(missing.map((program) => program.family))) {
      await obtain(
        family,
        missing.filter((program) => program.family === family),
        search,
        cache,
      );
    }
    return locate(search);
  });
};

const obtain = async (family: Family, missing: readonly Program[], search: Search, cache: string): Promise<void> => {
  const release = chosenRelease(search.env);
  const what = `${missing.map(({ name }) => name).join(", ")} ${versionOf(family, release)}`;
  const started = performance.now();
  const done = (how: string): void =>
    search.say?.(`${how} ${what} in ${Math.round((performance.now() - started) / 1000)} s`);
  await fillCache(cache, missing, release, async (folder) => {
    const why = await downloadAll(family, missing, release, search, folder);
    if (why === undefined) return done("downloaded");
    await needGo(what, why, search.env);
    search.say?.(
      `building ${what} from Go modules (${why}); usually ${usualBuildTime[family]} on 2 cores, once: kept in ${cache}`,
    );
    await build(family, release, folder);
    done("built");
  });
};

const downloadAll = async (
  family: Family,
  missing: readonly Program[],
  release: Release,
  { env, bases = officialBases }: Search,
  folder: string,
): Promise<string | undefined> => {
  if (env["DOMICILE_DOWNLOADS"] === "no") return "DOMICILE_DOWNLOADS=no";
  const sources = sourcesOf(family, versionOf(family, release), architecture(), bases);
  const isMissing = ({ program }: Held): boolean => missing.some(({ name }) => name === program);
  for (const source of sources.filter(({ holds }) => holds.some(isMissing))) {
    const outcome = await download(source, folder);
    if (outcome.kind === "refused") throw new Error(outcome.why);
    if (outcome.kind === "unavailable") return `no download: ${outcome.why}`;
  }
  return undefined;
};

const needGo = async (what: string, why: string, env: NodeJS.ProcessEnv): Promise<void> => {
  const version = await goVersion(env);
  // Go 1.21 is the first that fetches the newer toolchain which our go.mod files ask for.
  if (version !== undefined && Number(/^go1\.(\d+)/.exec(version)?.[1]) >= 21) return;
  const go = version === undefined ? "Go is not installed" : `${version} is too old`;
  throw new Error(
    `${what} can neither be downloaded (${why}) nor built (${go}): install Go 1.26 or later from https://go.dev/dl, or put the programs in a folder named by KUBEBUILDER_ASSETS.`,
  );
};

const say = (line: string): void => console.error(styleText("dim", `domicile: ${line}`));

if (import.meta.main) {
  try {
    const isAsked = ({ purpose }: Program): boolean => process.argv.slice(2).includes(purpose);
    await ensure([...new Set(catalog.filter(isAsked).map(({ purpose }) => purpose))], { env: process.env, say });
  } catch (problem) {
    console.error(`domicile: ${problem instanceof Error ? problem.message : String(problem)}`);
    process.exitCode = 1;
  }
}
