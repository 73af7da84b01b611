import { build, type Metafile, type Plugin } from "esbuild";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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
 * Writes what ships into `folder`: `main.js`, everything that runs as one file, and `NOTICES.txt`, the licenses of the
 * packages in it. Not minified, and comments name the files, so that stack traces can be read without source maps,
 * which Node would keep in memory (80 MB). Whoever starts it meanwhile sees one whole file or the other.
 */
export const bundle = async (folder: string): Promise<void> => {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["src/main.ts"],
    outfile: "main.js",
    bundle: true,
    platform: "node",
    target: "node26",
    format: "esm",
    banner: { js: banner },
    plugins: [onlyKubeConfig],
    legalComments: "inline",
    metafile: true,
    write: false,
  });
  const [main] = outputFiles;
  if (main === undefined) throw new Error("esbuild made no file");
  mkdirSync(folder, { recursive: true });
  put(join(folder, "NOTICES.txt"), noticesOf(root, filesIn(metafile)));
  put(join(folder, "main.js"), escape(main.text));
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
