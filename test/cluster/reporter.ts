import { setTimeout as pause } from "node:timers/promises";

/** What became of one write: written, pointless from now on, or to be tried again. */
export type Written = "written" | "gone" | "again";

/** Writes one after the other; changes during a write cause exactly one more. */
export type Reporter = {
  /** Resolves when what is true now has been written, or never will be. */
  report(): Promise<void>;
  /** Writes nothing from now on. */
  silence(): void;
};

/** A reporter around a function that writes the newest state. */
export const makeReporter = (write: () => Promise<Written>): Reporter => {
  const state = { stale: false, silent: false };
  let running: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    while (state.stale && !state.silent) {
      state.stale = false;
      const outcome = await write();
      if (outcome === "gone") state.silent = true;
      if (outcome === "again") {
        state.stale = true;
        await pause(200);
      }
    }
  };
  return {
    report() {
      state.stale = true;
      running ??= run().finally(() => {
        running = undefined;
      });
      return running;
    },
    silence() {
      state.silent = true;
    },
  };
};
