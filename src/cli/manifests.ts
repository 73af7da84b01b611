import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fields, field, items, text, type Fields } from "../zone/json.ts";
import { Stop } from "./stop.ts";
import { parseDocuments } from "./yaml-documents.ts";

/** One object as a file has it. `file` names it, and the document where there are several. */
export type Manifest = {
  readonly file: string;
  readonly object: Fields;
  readonly kind: string;
  readonly group: string;
};

/** Bytes. The API server takes no object above 3 MiB; the longest bundles of definitions are some 6 MB. */
const mostFileBytes = 8 * 1024 * 1024;
/** Bytes of all files together: what a parser makes of one is some sixty times as large, and 8 s of work. */
const mostBytes = 32 * 1024 * 1024;
/** Files of one directory and all below it. */
const mostFiles = 10_000;

const extensions = [".yaml", ".yml", ".json"];

/**
 * Every object of files, of directories with all below them, and of stdin for "-": documents and Lists taken apart.
 * A Stop says which file cannot be read, and why; nothing is left out in silence.
 */
export const readManifests = async (
  paths: readonly string[],
  stdin: AsyncIterable<Uint8Array>,
): Promise<readonly Manifest[]> => {
  const found = await Promise.all(paths.map((path) => (path === "-" ? ["-"] : filesOf(path))));
  const manifests: Manifest[] = [];
  let held = 0;
  for (const path of new Set(found.flat())) {
    const content = path === "-" ? await readStdin(stdin) : await readOne(path);
    held += content.length;
    if (held > mostBytes)
      throw new Stop("unreadable", `the files are longer than ${mib(mostBytes)} together; give fewer at once.`);
    manifests.push(...objectsOf(called(path), content));
  }
  // A pipe whose first half failed must not look like files in which all is well.
  if (paths.length > 0 && manifests.length === 0)
    throw new Stop(
      "unreadable",
      `${paths.map(called).join(", ")} holds no object, so nothing was judged; give manifests.`,
    );
  return manifests;
};

const called = (path: string): string => (path === "-" ? "stdin" : path);

const filesOf = async (path: string): Promise<readonly string[]> => {
  const found = await stat(path).catch((problem: unknown) => cannotRead(path, problem));
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch((problem: unknown) =>
    cannotRead(path, problem),
  );
  const files = entries
    .filter((entry) => !entry.isDirectory() && extensions.some((end) => entry.name.endsWith(end)))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  if (files.length === 0)
    throw new Stop(
      "unreadable",
      `${path} holds no file that ends with ${extensions.join(", ")}; give another directory.`,
    );
  if (files.length > mostFiles)
    throw new Stop("unreadable", `${path} holds ${files.length} files; give a directory of at most ${mostFiles}.`);
  return files;
};

const readOne = async (path: string): Promise<Buffer> => {
  const { size } = await stat(path).catch((problem: unknown) => cannotRead(path, problem));
  if (size > mostFileBytes) throw tooLong(path);
  return readFile(path).catch((problem: unknown) => cannotRead(path, problem));
};

const readStdin = async (stdin: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  let held = 0;
  for await (const part of stdin) {
    held += part.length;
    if (held > mostFileBytes) throw tooLong("stdin");
    parts.push(part);
  }
  return Buffer.concat(parts);
};

const objectsOf = (path: string, content: Buffer): readonly Manifest[] => {
  const documents = parseDocuments(path, content.toString("utf8"));
  return documents.flatMap((document, index) => {
    const file = documents.length === 1 ? path : `${path}, document ${index + 1}`;
    return document === null || document === undefined ? [] : unlisted(file, document);
  });
};

/** A List is what is in it; items of a list that the API server gave say no kind of their own. */
const unlisted = (file: string, raw: unknown, listKind?: string, listVersion?: string): readonly Manifest[] => {
  const kind = text(field(raw, "kind")) ?? listKind;
  const version = text(field(raw, "apiVersion")) ?? listVersion;
  const object = fields(raw);
  if (object === undefined) throw noObject(file, "it is no mapping");
  if (kind === undefined) throw noObject(file, "it has no kind");
  if (version === undefined) throw noObject(file, "it has no apiVersion");
  if (kind.endsWith("List") && Array.isArray(object["items"])) {
    const inner = kind === "List" ? undefined : kind.slice(0, -"List".length);
    return items(object["items"]).flatMap((item, index) =>
      unlisted(`${file}, item ${index + 1}`, item, inner, inner === undefined ? undefined : version),
    );
  }
  return [{ file, object, kind, group: version.includes("/") ? version.slice(0, version.indexOf("/")) : "" }];
};

const noObject = (file: string, why: string): Stop =>
  new Stop("unreadable", `${file} is no Kubernetes object: ${why}; give manifests only.`);

const tooLong = (path: string): Stop =>
  new Stop("unreadable", `${path} is longer than ${mib(mostFileBytes)}; split it.`);

const mib = (bytes: number): string => `${bytes / 1024 / 1024} MiB`;

const cannotRead = (path: string, problem: unknown): never => {
  const code = problem instanceof Error && "code" in problem ? String(problem.code) : String(problem);
  const why: Readonly<Record<string, string>> = {
    ENOENT: "it does not exist; check the path",
    EACCES: "you may not read it; check its permissions",
    ELOOP: "its links go in a circle; give the file itself",
  };
  throw new Stop("unreadable", `${path} cannot be read: ${why[code] ?? `${code}; give another path`}.`, {
    cause: problem,
  });
};
