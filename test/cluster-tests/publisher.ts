import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { AddressInfo } from "node:net";
import type { Bases } from "../cluster/publishers.ts";

/** A local server with release files; `broken` ones announce more bytes than they send. */
export type Publisher = {
  readonly url: string;
  readonly bases: Bases;
  readonly asked: string[];
  publish(path: string, content: string | Buffer): void;
  truncate(path: string): void;
  close(): void;
};

/** Starts a publisher with nothing published. */
export const startPublisher = async (): Promise<Publisher> => {
  const files = new Map<string, Buffer>();
  const truncated = new Set<string>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const content = files.get(path);
    if (content === undefined) return void response.writeHead(404).end("no such file");
    if (!truncated.has(path)) return void response.end(content);
    response.writeHead(200, { "content-length": content.length });
    response.write(content.subarray(0, content.length / 2), () => response.destroy());
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    asked,
    bases: { kubernetes: `${url}/k8s`, helm: `${url}/helm`, github: `${url}/github`, githubApi: `${url}/api` },
    publish: (path, content) => void files.set(path, Buffer.from(content)),
    truncate: (path) => void truncated.add(path),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
};

/** SHA-256 in hex, computed here and now. */
export const sha256 = (content: string | Buffer): string => createHash("sha256").update(content).digest("hex");

/** A .tar.gz with files: path → content. */
export const archive = (files: Readonly<Record<string, string>>): Buffer => {
  const folder = mkdtempSync(join(tmpdir(), "domicile-archive-"));
  try {
    for (const [member, content] of Object.entries(files)) {
      mkdirSync(join(folder, dirname(member)), { recursive: true });
      writeFileSync(join(folder, member), content);
    }
    execFileSync("tar", ["-czf", "all.tar.gz", ...Object.keys(files)], { cwd: folder });
    return readFileSync(join(folder, "all.tar.gz"));
  } finally {
    rmSync(folder, { recursive: true });
  }
};
