import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { architecture } from "../cluster/cache.ts";
import { catalog, versionOf } from "../cluster/catalog.ts";
import type { Download } from "../cluster/download.ts";
import { download } from "../cluster/download.ts";
import { ensure } from "../cluster/programs.ts";
import type { Source } from "../cluster/publishers.ts";
import { sourcesOf } from "../cluster/publishers.ts";
import { chosenRelease } from "../cluster/versions.ts";
import type { Publisher } from "./publisher.ts";
import { archive, sha256, startPublisher } from "./publisher.ts";

let folder: string;
let publisher: Publisher;
before(async () => void (publisher = await startPublisher()));
after(() => publisher.close());
beforeEach((t) => {
  folder = mkdtempSync(join(tmpdir(), "domicile-programs-"));
  if ("after" in t) t.after(() => rmSync(folder, { recursive: true, force: true }));
});

type Case = {
  readonly publish: (path: string) => void;
  readonly checksum: Source["checksum"]["format"];
  readonly member?: string;
  readonly outcome: Download["kind"];
  readonly says?: RegExp;
};
const good = "a program\n".repeat(1000);
const digest = sha256(good);
const packed = archive({ "linux/kubectl": good, "linux/README.md": "another file" });

const cases: Readonly<Record<string, Case>> = {
  "a file whose digest is the one stated is kept": {
    publish: (path) => (publisher.publish(path, good), publisher.publish(`${path}.sum`, `${digest}\n`)),
    checksum: "digest",
    outcome: "saved",
  },
  "an archive is checked as a whole and only its member kept": {
    publish: (path) => (
      publisher.publish(path, packed),
      publisher.publish(`${path}.sum`, `${sha256("x")}  other\n${sha256(packed)}  ${path.slice(1)}\n`)
    ),
    checksum: "lines",
    member: "linux/kubectl",
    outcome: "saved",
  },
  "GitHub's record of an upload is a checksum": {
    publish: (path) => (
      publisher.publish(path, good),
      publisher.publish(
        `${path}.sum`,
        JSON.stringify({ assets: [{ name: path.slice(1), digest: `sha256:${digest}` }] }),
      )
    ),
    checksum: "githubRelease",
    outcome: "saved",
  },
  "a file with another digest is refused": {
    publish: (path) => (publisher.publish(path, `${good}!`), publisher.publish(`${path}.sum`, digest)),
    checksum: "digest",
    outcome: "refused",
    says: /was not used/,
  },
  "a file without a checksum file is not used": {
    publish: (path) => publisher.publish(path, good),
    checksum: "digest",
    outcome: "unavailable",
    says: /\.sum answered 404/,
  },
  "a file that its publisher's checksum file does not name is not used": {
    publish: (path) => (publisher.publish(path, good), publisher.publish(`${path}.sum`, `${digest}  another-file\n`)),
    checksum: "lines",
    outcome: "unavailable",
    says: /states no checksum/,
  },
  "a file that breaks off is not used": {
    publish: (path) => (
      publisher.publish(path, good),
      publisher.truncate(path),
      publisher.publish(`${path}.sum`, digest)
    ),
    checksum: "digest",
    outcome: "unavailable",
  },
};

for (const [index, [title, { publish, checksum, member, outcome, says }]] of Object.entries(cases).entries()) {
  test(title, async () => {
    const path = `/file-${index}`;
    publish(path);
    const source: Source = {
      url: `${publisher.url}${path}`,
      checksum: { url: `${publisher.url}${path}.sum`, format: checksum },
      holds: [{ program: "kubectl", ...(member ? { member } : {}) }],
    };
    const result = await download(source, folder);
    assert.equal(result.kind, outcome, "why" in result ? result.why : "");
    if (says && "why" in result) assert.match(result.why, says);
    assert.equal(existsSync(join(folder, "kubectl")), outcome === "saved");
    if (outcome === "saved") assert.equal(readFileSync(join(folder, "kubectl"), "utf8"), good);
  });
}

const release = chosenRelease({});
const everything = catalog.map(({ purpose }) => purpose);

/** A release file in which every program's content is its name. */
const contentOf = ({ holds: [first, ...others] }: Source): Buffer => {
  if (first?.member === undefined) return Buffer.from(first?.program ?? "");
  return archive(Object.fromEntries([first, ...others].map(({ program, member }) => [member ?? "", program])));
};
const publishAll = (): void => {
  for (const family of new Set(catalog.map((program) => program.family))) {
    for (const source of sourcesOf(family, versionOf(family, release), architecture(), publisher.bases)) {
      const path = source.url.slice(publisher.url.length);
      const name = path.split("/").at(-1) ?? "";
      const content = contentOf(source);
      publisher.publish(path, content);
      const sums = { digest: sha256(content), lines: `${sha256(content)}  ${name}`, githubRelease: "" };
      publisher.publish(source.checksum.url.slice(publisher.url.length), sums[source.checksum.format]);
    }
  }
  const assets = [
    { name: `kwok-linux-${architecture()}`, digest: `sha256:${sha256("kwok")}` },
    { name: "stage-fast.yaml", digest: `sha256:${sha256("kwok-stages.yaml")}` },
  ];
  publisher.publish(
    `/api/kubernetes-sigs/kwok/releases/tags/v${versionOf("kwok", release)}`,
    JSON.stringify({ assets }),
  );
};
const nothingInstalled = () => ({ XDG_CACHE_HOME: folder, PATH: "/nowhere" });

test("every program is downloaded once, also by two runs at once, and the next run asks nobody", async () => {
  publishAll();
  publisher.asked.length = 0;
  const search = { env: nothingInstalled(), bases: publisher.bases };
  const [programs] = await Promise.all([ensure(everything, search), ensure(everything, search)]);
  for (const { name } of catalog) assert.equal(readFileSync(programs[name] ?? "", "utf8"), name);
  const files = publisher.asked.filter((path) => !path.includes("/api/"));
  assert.equal(new Set(files).size, files.length, files.join("\n"));
  publisher.asked.length = 0;
  await ensure(everything, search);
  assert.deepEqual(publisher.asked, []);
});

test("a cluster asks only for the programs that make one", async () => {
  publishAll();
  const programs = await ensure(["cluster"], { env: nothingInstalled(), bases: publisher.bases });
  for (const { name, purpose } of catalog) assert.equal(programs[name] !== undefined, purpose === "cluster", name);
});

test("a wrong checksum ends the run with a sentence and leaves the cache empty", async () => {
  publishAll();
  const [etcd] = sourcesOf("etcd", release.etcd, architecture(), publisher.bases);
  assert(etcd);
  publisher.publish(etcd.url.slice(publisher.url.length), "something else");
  await assert.rejects(
    ensure(["cluster"], { env: nothingInstalled(), bases: publisher.bases }),
    /the file was not used.*DOMICILE_DOWNLOADS=no/,
  );
  assert(!existsSync(join(folder, "domicile", "programs", `etcd-${release.etcd}-linux-${architecture()}`)));
});

test("without a network and without Go one sentence says what to do", async () => {
  const nowhere = {
    kubernetes: "http://127.0.0.1:9",
    helm: "http://127.0.0.1:9",
    github: "http://127.0.0.1:9",
    githubApi: "http://127.0.0.1:9",
  };
  await assert.rejects(
    ensure(["cluster"], { env: nothingInstalled(), bases: nowhere }),
    /Go is not installed.*install Go 1\.26.*KUBEBUILDER_ASSETS/,
  );
});
