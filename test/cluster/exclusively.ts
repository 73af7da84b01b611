import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** Runs `work` while holding the folder's lock, so that two cold runs do not build the same thing twice; the kernel frees it when we die. */
export const exclusively = async <T>(
  folder: string,
  say: ((line: string) => void) | undefined,
  work: () => Promise<T>,
): Promise<T> => {
  // flock(1) holds the lock until its standard input ends, which is when this process ends, however it ends.
  const script = "if flock -n 9; then echo held; else echo waiting; flock 9 && echo held; fi; cat >/dev/null";
  const holder = spawn("sh", ["-c", `{ ${script}; } 9>"$0"`, join(folder, ".lock")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(holder, "exit");
  holder.stdout.setEncoding("utf8");
  for await (const chunk of holder.stdout.iterator({ destroyOnReturn: false })) {
    if (String(chunk).includes("held")) break;
    say?.("another run is making the programs ready; waiting for it");
  }
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
};
