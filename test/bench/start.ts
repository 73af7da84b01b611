import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { kubeconfig } from "../cluster/kubeconfig.ts";
import { entrypoint } from "../e2e/domicile.ts";
import { authority, leaf } from "../unit/admission/reviews.ts";
import type { Measure } from "./measure.ts";
import { memoryOf } from "./processes.ts";
import { interval, median } from "./samples.ts";

const rounds = 9;
const root = join(import.meta.dirname, "..", "..");

/** A process that listens: the seconds it took, and what was resident then, in MiB. */
type Started = { readonly seconds: number; readonly resident: number };
type Round = Readonly<Record<"bundle" | "sources", Started>>;

/** A process as it ships, beside the same program from its sources and the packages they import. */
export const startSection = async function* (): AsyncGenerator<Measure> {
  const folder = mkdtempSync(join(tmpdir(), "domicile-start-"));
  // An API server that takes connections and says nothing: what is measured is ours alone.
  const silent = await listen();
  try {
    const config = join(folder, "kubeconfig");
    writeFileSync(config, kubeconfig(`https://127.0.0.1:${portOf(silent)}`, authority.cert, leaf));
    const shipped = entrypoint();
    const words = { bundle: shipped, sources: [...shipped.slice(0, -1), join(root, "src", "main.ts")] };
    const measured: Round[] = [];
    // The first round only brings the files into the machine's memory.
    for (let at = 0; at <= rounds; at++) {
      // Whoever comes first is not always the same.
      const kinds = at % 2 === 0 ? (["bundle", "sources"] as const) : (["sources", "bundle"] as const);
      const round: Partial<Record<"bundle" | "sources", Started>> = {};
      for (const kind of kinds) round[kind] = await start(words[kind], config);
      if (at > 0) measured.push(round as Round);
    }
    yield* measuresOf(measured, "seconds", "start until it listens", "s");
    yield* measuresOf(measured, "resident", "resident memory then", "MiB");
  } finally {
    silent.close();
    rmSync(folder, { recursive: true });
  }
  yield {
    title: "command line: check of the examples, start to end",
    unit: "s",
    target: { atMost: 0.2 },
    ...interval(timeChecks(), median),
  };
  const bundle = sizeOf(join(root, "dist"));
  const sources = sum([join(root, "src"), ...packages()].map(sizeOf));
  yield { title: "bundle: files that ship", value: bundle.files, unit: "" };
  yield { title: "bundle: their size", value: bundle.mib, unit: "MiB" };
  yield { title: "sources and packages: files that would ship", value: sources.files, unit: "" };
  yield { title: "sources and packages: their size", value: sources.mib, unit: "MiB" };
};

const measuresOf = function* (
  measured: readonly Round[],
  what: keyof Started,
  title: string,
  unit: string,
): Generator<Measure> {
  yield {
    title: `bundle / sources: ${title}`,
    unit: "",
    ...interval(measured, (drawn) => median(drawn.map(({ bundle, sources }) => bundle[what] / sources[what]))),
  };
  for (const kind of ["bundle", "sources"] as const)
    yield {
      title: `${kind}: ${title}`,
      unit,
      ...interval(measured, (drawn) => median(drawn.map((round) => round[kind][what]))),
    };
};

/** Seconds that a check of files takes as it ships; a pipeline starts it for every change. */
const timeChecks = (): readonly number[] => {
  const args = [join(root, "dist", "domicile.js"), "check", "-f", "examples", "--zone", "examples/zone-us.yaml"];
  const timed = Array.from({ length: rounds + 1 }, () => {
    const begun = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
    if (status !== 0) throw new Error(`domicile check ended with ${status}: ${stderr}`);
    return (performance.now() - begun) / 1_000;
  });
  // The first round only brings the files into the machine's memory.
  return timed.slice(1);
};

/** Starts a process and ends it once its probes can be asked. */
const start = async ([program = "", ...words]: readonly string[], config: string): Promise<Started> => {
  const [ops, webhooks] = [await freePort(), await freePort()];
  const flags = {
    namespace: "bench",
    host: "127.0.0.1",
    kubeconfig: config,
    "ops-port": ops,
    "webhook-port": webhooks,
  };
  const args = [...words, ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`)];
  const begun = performance.now();
  const child = spawn(program, args, { env: { POD_NAME: "bench", PATH: process.env["PATH"] }, stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  while (!(await answers(ops))) {
    if (child.exitCode !== null) throw new Error(`${args.join(" ")} ended with ${child.exitCode} before it listened`);
    await pause(5);
  }
  const seconds = (performance.now() - begun) / 1_000;
  const { resident } = memoryOf({ pid: child.pid ?? 0 });
  child.kill("SIGKILL");
  await ended;
  return { seconds, resident };
};

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const end = (listens: boolean) => (): void => {
      socket.destroy();
      resolve(listens);
    };
    socket.once("connect", end(true)).once("error", end(false));
  });

const listen = (): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer((socket) => socket.on("error", () => socket.destroy()));
    server.listen(0, "127.0.0.1", () => resolve(server));
  });

const freePort = async (): Promise<number> => {
  const server = await listen();
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
};

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

type Content = { readonly files: number; readonly mib: number };

/** Folders of the packages that an installation without development dependencies has. */
const packages = (): readonly string[] => {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly optional?: boolean }>>;
  };
  return Object.entries(lock.packages)
    .filter(([path, { dev, optional }]) => path !== "" && dev !== true && optional !== true)
    .map(([path]) => join(root, path));
};

/** What is in a folder, but for packages within a package, which are counted by themselves. */
const sizeOf = (folder: string): Content =>
  sum(
    readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => name !== "node_modules")
      .map((entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? sizeOf(path) : { files: 1, mib: statSync(path).size / 2 ** 20 };
      }),
  );

const sum = (contents: readonly Content[]): Content => ({
  files: contents.reduce((files, each) => files + each.files, 0),
  mib: contents.reduce((mib, each) => mib + each.mib, 0),
});
