import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "../cluster/cluster.ts";
import { entrypoint } from "../e2e/domicile.ts";

const root = join(import.meta.dirname, "..", "..");

/** The version before this one, kept in `released/` by `git archive`: a clone need not have its commit. */
export const before = "0.1.0";

/** Chart and code of the version before, unpacked in the session's folder. */
export const unpack = ({ session }: Cluster): { readonly chart: string; readonly main: string } => {
  const folder = join(session.folder, `released-${before}`);
  mkdirSync(folder, { recursive: true });
  const archive = join(import.meta.dirname, "released", `domicile-${before}.tar.gz`);
  const { status, stderr } = spawnSync("tar", ["-xzf", archive, "-C", folder], { encoding: "utf8" });
  if (status !== 0) throw new Error(`tar: ${stderr}`);
  // Its packages are those of today.
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return { chart: join(folder, "charts", "domicile"), main: join(folder, "src", "main.ts") };
};

/** What an image starts: the code of its tag. */
export const codeOf =
  (main: string) =>
  (image: string): readonly string[] =>
    image.endsWith(`:${before}`) ? [join(root, "node_modules", ".bin", "node"), main] : entrypoint();
