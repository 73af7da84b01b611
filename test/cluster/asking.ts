import { setTimeout as pause } from "node:timers/promises";
import type { Waiting } from "./client.ts";

/** Between two questions: an answer that is not there yet is not worth the processor it waits for. */
const paceMs = 20;

/**
 * Asks until the answer holds, and gives it: for what no watch tells of, such as what an API server heeds of what is
 * stored, what a replica has heard, and what it measures. Rejects at the deadline with the last answer.
 */
export const askUntil = async <T>(
  ask: () => Promise<T>,
  holds: (answer: T) => boolean,
  { describe, deadlineMs = 60_000 }: Waiting,
): Promise<T> => {
  const deadline = AbortSignal.timeout(deadlineMs);
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (deadline.aborted)
      throw new Error(
        `waited ${deadlineMs / 1000} s for this: ${describe}; last: ${JSON.stringify(answer).slice(0, 4_000)}`,
      );
    await pause(paceMs);
  }
};
