import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { createInterface } from "node:readline";

/** A session started by a test, beside or inside the one the test runs in. */
export type Nested = {
  readonly setup: ChildProcess;
  /** The next line its command prints. */
  line(): Promise<string>;
  /** Everything its command prints from now on. */
  rest(): Promise<string>;
  /** Its processes: id and network namespace, as seen from here. */
  processes(): readonly Process[];
  /** Resolves with the exit code when nobody holds its output any more: every process of it has ended. */
  readonly ended: Promise<number | null>;
};

export type Process = {
  readonly pid: number;
  readonly parent: number;
  readonly network: string;
  readonly command: string;
};

const setupFile = join(import.meta.dirname, "..", "setup.mjs");

/** Starts a session that runs a command; it is killed when the test ends before it. */
export const startNested = (test: TestContext, command: readonly string[]): Nested => {
  // A test runner that finds itself inside another runs nothing.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const setup = spawn(process.execPath, [setupFile, "run", "--", ...command], {
    env,
    stdio: ["pipe", "pipe", "inherit"],
  });
  test.after(() => setup.kill("SIGKILL"));
  const lines = createInterface({ input: setup.stdout })[Symbol.asyncIterator]();
  const ended = once(setup, "close").then(([code]) => code as number | null);
  const unshare = (): Process | undefined => allProcesses().find(({ parent }) => parent === setup.pid);
  return {
    setup,
    ended,
    async line() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`the session ended (${await ended}) before its command said anything`);
      return value;
    },
    async rest() {
      const all: string[] = [];
      for await (const line of { [Symbol.asyncIterator]: () => lines }) all.push(line);
      return all.join("\n");
    },
    processes() {
      const first = allProcesses().find(
        ({ parent, command }) => command.includes("session.ts") && parent === unshare()?.pid,
      );
      return allProcesses().filter(({ network }) => first !== undefined && network === first.network);
    },
  };
};

/** Every process visible here. */
export const allProcesses = (): readonly Process[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({
      pid: Number(name),
      network: networkOf(Number(name)),
      parent: Number(/^PPid:\s+(\d+)/m.exec(tryRead(`/proc/${name}/status`))?.[1]),
      command: tryRead(`/proc/${name}/cmdline`).replaceAll("\0", " "),
    }));

const networkOf = (pid: number): string => {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return "";
  }
};

const tryRead = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
};
