import { createHash } from "node:crypto";
import { execFile } from "node:child_process";
import { createWriteStream } from "node:fs";
import { chmod, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { EnvHttpProxyAgent, fetch } from "undici";
import type { ChecksumFormat, Held, Source } from "./publishers.ts";

/** What became of a download: in place, not to be had here (build instead), or contradicting its publisher (stop). */
export type Download =
  | { readonly kind: "saved" }
  | { readonly kind: "unavailable"; readonly why: string }
  | { readonly kind: "refused"; readonly why: string };

// A closed network must cost seconds, not minutes: names that do not resolve fail at once, silent hosts after 3 s.
const network = new EnvHttpProxyAgent({ connect: { timeout: 3_000 }, headersTimeout: 15_000, bodyTimeout: 30_000 });

/** Downloads one file, and keeps the programs it holds in `folder` only when its SHA-256 is the one its publisher states. */
export const download = async (source: Source, folder: string): Promise<Download> => {
  const file = basename(new URL(source.url).pathname);
  const raw = join(folder, `.download-${file}`);
  try {
    const stated = statedDigest(await text(source.checksum.url), file, source.checksum.format);
    if (stated === undefined) return unavailable(`${source.checksum.url} states no checksum for ${file}`);
    const found = await save(source.url, raw);
    if (found !== stated) {
      return {
        kind: "refused",
        why: `${source.url} has SHA-256 ${found}, but ${source.checksum.url} states ${stated}: the file was not used. Try again, or set DOMICILE_DOWNLOADS=no to build from Go modules.`,
      };
    }
    for (const held of source.holds) await unpack(held, raw, join(folder, held.program));
    return { kind: "saved" };
  } catch (problem) {
    return unavailable(`${source.url}: ${reason(problem)}`);
  } finally {
    await rm(raw, { force: true });
  }
};

const unavailable = (why: string): Download => ({ kind: "unavailable", why });

const open = async (url: string) => {
  const answer = await fetch(url, { dispatcher: network });
  if (!answer.ok || !answer.body) throw new Error(`${url} answered ${answer.status}`);
  return answer.body;
};

const text = async (url: string): Promise<string> =>
  new Response(Readable.toWeb(Readable.from(await open(url))) as ReadableStream).text();

const save = async (url: string, to: string): Promise<string> => {
  const hash = createHash("sha256");
  const digest = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(Readable.from(await open(url)), digest, createWriteStream(to));
  return hash.digest("hex");
};

const statedDigest = (document: string, file: string, format: ChecksumFormat): string | undefined => {
  switch (format) {
    case "digest":
      return /^[0-9a-f]{64}/.exec(document.trim())?.[0];
    case "lines":
      return document
        .split("\n")
        .map((line) => /^([0-9a-f]{64})\s+\*?(\S+)/.exec(line.trim()))
        .find((match) => match?.[2] === file)?.[1];
    case "githubRelease": {
      const { assets = [] } = JSON.parse(document) as { assets?: readonly { name?: string; digest?: string }[] };
      return /^sha256:([0-9a-f]{64})$/.exec(assets.find(({ name }) => name === file)?.digest ?? "")?.[1];
    }
    default:
      return format satisfies never;
  }
};

const unpack = async ({ member }: Held, raw: string, to: string): Promise<void> => {
  if (member !== undefined) {
    const folder = `${to}.unpacked`;
    await promisify(execFile)("mkdir", ["-p", folder]);
    await promisify(execFile)("tar", ["-xzf", raw, "-C", folder, member]);
    await rename(join(folder, member), to);
    await rm(folder, { recursive: true });
  } else {
    await rename(raw, to);
  }
  await chmod(to, 0o755);
};

const reason = (problem: unknown): string => {
  if (!(problem instanceof Error)) return String(problem);
  return problem.cause instanceof Error ? problem.cause.message : problem.message;
};
