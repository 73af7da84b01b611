import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createSecureContext, type SecureContext } from "node:tls";

/** A process that serves as Domicile does, and is ill-treated. */
export type Victim = {
  readonly webhooks: number;
  readonly ops: number;
  /** PEM. */
  readonly ca: string;
  /** What trusts that: made once, for it costs as much as a handshake. */
  readonly trust: SecureContext;
  /** Everything it has logged so far, and the events it would have written. */
  readonly said: () => { readonly log: string; readonly events: string };
  /** The most memory it ever had, in MiB. */
  readonly peakMiB: () => number;
  /** Whether it still runs. */
  readonly lives: () => boolean;
  /** Ends it; fails when it has ended by itself. */
  readonly stop: () => Promise<void>;
  /** Kills it if a test failed before it was stopped: connections to it would keep the test's process alive. */
  readonly [Symbol.dispose]: () => void;
};

/** Starts one, with its zone in this mode. */
export const startVictim = async (mode: "Enforce" | "Audit" = "Enforce"): Promise<Victim> => {
  const child = fork(join(import.meta.dirname, "program.ts"), [mode], { stdio: ["ignore", "pipe", "pipe", "ipc"] });
  let [log, events] = ["", ""];
  child.stdout?.setEncoding("utf8").on("data", (text: string) => void (log += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => void (events += text));
  const [hello] = (await once(child, "message")) as [Pick<Victim, "webhooks" | "ops" | "ca">];
  const lives = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    ...hello,
    trust: createSecureContext({ ca: hello.ca }),
    lives,
    [Symbol.dispose]: () => void child.kill("SIGKILL"),
    said: () => ({ log, events }),
    peakMiB: () => {
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
    },
    stop: async () => {
      assert.ok(lives(), `the server ended by itself: ${events.slice(-2_000)}`);
      // Not the child's own close: with a channel between the two it never comes.
      const ended = [child, child.stdout, child.stderr].map(
        (one) => one && once(one, one === child ? "exit" : "close"),
      );
      child.disconnect();
      await Promise.all(ended);
    },
  };
};
