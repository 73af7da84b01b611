import { EventEmitter, once } from "node:events";
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** What a pod's containers have written, kept in memory and appended to one file per pod. */
export type PodLog = {
  readonly file: string;
  write(text: string): void;
  readonly text: string;
  /** Resolves with the first match in what was written or will be; rejects at the deadline with the last lines. */
  until(pattern: RegExp, deadlineMs?: number): Promise<RegExpExecArray>;
};

/** An empty log. */
export const openPodLog = (file: string): PodLog => {
  mkdirSync(dirname(file), { recursive: true });
  const more = new EventEmitter();
  let text = "";
  return {
    file,
    get text() {
      return text;
    },
    write(chunk) {
      text += chunk;
      appendFileSync(file, chunk);
      more.emit("more");
    },
    async until(pattern, deadlineMs = 60_000) {
      const signal = AbortSignal.timeout(deadlineMs);
      for (;;) {
        const found = pattern.exec(text);
        if (found) return found;
        await once(more, "more", { signal }).catch(() => {
          throw new Error(
            `waited ${deadlineMs / 1000} s for a log line that matches ${pattern}; last lines:\n${text.slice(-2_000)}`,
          );
        });
      }
    },
  };
};
