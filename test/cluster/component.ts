import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, closeSync, readFileSync } from "node:fs";

/** A program of the control plane: started, stopped and started again under one name, its output appended to one file. */
export type Component = {
  readonly name: string;
  readonly logFile: string;
  start(): Promise<void>;
  /** Sends the signal (SIGTERM by default) and resolves when the process has ended; SIGKILL follows after 20 s. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  readonly running: boolean;
};

export type Start = {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly logFile: string;
  readonly env: NodeJS.ProcessEnv;
  /** Resolves when the program serves; rejected or abandoned when it exits first. */
  readonly ready: () => Promise<void>;
};

const alive = (process: ChildProcess | undefined): process is ChildProcess =>
  process !== undefined && process.exitCode === null && process.signalCode === null;

/** A component that is not started yet. */
export const component = ({ name, program, args, logFile, env, ready }: Start): Component => {
  let child: ChildProcess | undefined;

  return {
    name,
    logFile,
    get running() {
      return alive(child);
    },
    async start() {
      if (alive(child)) return;
      const log = openSync(logFile, "a");
      // A session of its own: Ctrl-C in a terminal must reach the harness, which stops programs in the right order.
      const started = spawn(program, args, { detached: true, stdio: ["ignore", log, log], env });
      closeSync(log);
      child = started;
      const gone = new Promise<never>((_resolve, reject) => {
        started.once("error", reject);
        started.once("exit", (code, signal) =>
          reject(new Error(`${name} ended (${signal ?? code}):\n${lastLines(logFile)}`)),
        );
      });
      await Promise.race([ready(), gone]);
      gone.catch(() => {});
    },
    async stop(signal = "SIGTERM") {
      if (!alive(child)) return;
      const stopping = child;
      const ended = once(stopping, "exit");
      stopping.kill(signal);
      const last = setTimeout(() => stopping.kill("SIGKILL"), 20_000);
      await ended;
      clearTimeout(last);
    },
  };
};

const lastLines = (file: string): string => {
  try {
    return readFileSync(file, "utf8").trimEnd().split("\n").slice(-15).join("\n");
  } catch {
    return `${file} cannot be read`;
  }
};
