import { setTimeout as pause } from "node:timers/promises";

/**
 * Resolves when `ask` says true. A program that is starting cannot be watched: nothing listens yet, so it is asked
 * again every 50 ms. Used for nothing else; objects in the cluster are watched.
 */
export const answers = async (ask: () => Promise<boolean>, deadlineMs: number, what: string): Promise<void> => {
  const deadline = performance.now() + deadlineMs;
  while (!(await ask().catch(() => false))) {
    if (performance.now() > deadline) throw new Error(`${what} did not become ready within ${deadlineMs / 1000} s`);
    await pause(50);
  }
};
