import { build, type BuildOptions, type Metafile, type Plugin } from "esbuild";
import { chmodSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { noticesOf } from "./notices.ts";

const root = join(import.meta.dirname, "..");

/**
 * What is called of client-node is its KubeConfig; the rest of it would be 12 MB of memory, and its 700 typed models
 * 27 MB to read. So the package is its `config.js`, and what it generated from the API is empty and does nothing.
 */
const onlyKubeConfig: Plugin = {
  name: "of client-node only KubeConfig",
  setup: ({ onResolve, onLoad }) => {
    const dist = join(root, "node_modules", "@kubernetes", "client-node", "dist");
    onResolve({ filter: /^@kubernetes\/client-node$/ }, () => ({ path: join(dist, "config.js"), sideEffects: false }));
    onResolve({ filter: /\/(models\/all|types\/[A-Za-z]+API)\.js$/ }, ({ path, importer }) =>
      importer === join(dist, "gen", "index.js") ? { path, namespace: "generated", sideEffects: false } : undefined,
    );
    // As CommonJS, for that may be asked for any name.
    onLoad({ filter: /./, namespace: "generated" }, () => ({ contents: "module.exports = {};" }));
  },
};

/** CommonJS inside an ES module asks for Node's own modules by this. */
const banner = 'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);';

/**
 * What both programs have in common. Not minified, and comments name the files, so that stack traces can be read without
 * source maps, which Node would keep in memory (80 MB).
 */
const common = {
  absWorkingDir: root,
  outdir: ".",
  bundle: true,
  platform: "node",
  target: "node26",
  format: "esm",
  plugins: [onlyKubeConfig],
  legalComments: "inline",
  metafile: true,
  write: false,
} as const satisfies BuildOptions;

/**
 * Writes what ships into `folder`: `main.js`, everything a replica runs as one file; `domicile.js`, the command line,
 * with the half that speaks to a cluster in files of its own, for most questions are asked without and answered before
 * those would be read; and `NOTICES.txt`, the licenses of the packages in them. Whoever starts one meanwhile sees one
 * whole file or the other.
 */
export const bundle = async (folder: string): Promise<void> => {
  const built = await Promise.all([
    build({ ...common, entryPoints: ["src/main.ts"], banner: { js: banner } }),
    build({
      ...common,
      entryPoints: ["src/domicile.ts"],
      banner: { js: banner },
      // One import is lazy, so there are three files: what starts, what is lazy, and what both need.
      splitting: true,
      chunkNames: "domicile-[name]",
    }),
  ]);
  mkdirSync(folder, { recursive: true });
  const read = built.flatMap(({ metafile }) => filesIn(metafile));
  put(join(folder, "NOTICES.txt"), noticesOf(root, read));
  // What starts comes last: what it imports is there then.
  for (const { path, text } of built.flatMap(({ outputFiles }) => outputFiles.toReversed())) {
    const file = join(folder, basename(path));
    put(file, escape(text));
    if (text.startsWith("#!")) chmodSync(file, 0o755);
  }
};

/**
 * Only ASCII, by escapes that mean the same: V8 keeps the source as long as it runs, and one letter beyond makes it two
 * bytes a character instead of one (5 MB). esbuild does so in code, and leaves comments as they are.
 */
const escape = (source: string): string =>
  source.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** What is in the bundle, without what was read and left out. */
const filesIn = ({ outputs }: Metafile): readonly string[] =>
  Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );

const put = (path: string, contents: string | Uint8Array): void => {
  const half = `${path}.${process.pid}`;
  writeFileSync(half, contents);
  renameSync(half, path);
};

if (import.meta.main) await bundle(join(root, "dist"));
