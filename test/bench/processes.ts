import { readFileSync, readdirSync } from "node:fs";
import { basename } from "node:path";

/** A process of Domicile on this machine. */
export type Process = {
  readonly pid: number;
  /** The replica's name, as it was told. */
  readonly podName: string;
};

/** Processes that run `file`, as /proc tells. */
export const processesOf = (file: string): readonly Process[] =>
  readdirSync("/proc")
    .filter((entry) => /^[0-9]+$/.test(entry))
    .flatMap((pid) => {
      const [program = "", ...args] = read(pid, "cmdline").split("\0");
      if (basename(program) !== "node" || !args.includes(file)) return [];
      const podName = read(pid, "environ")
        .split("\0")
        .find((entry) => entry.startsWith("POD_NAME="));
      return [{ pid: Number(pid), podName: podName?.slice("POD_NAME=".length) ?? "" }];
    });

/** Memory in MiB: what is resident now, and the most that ever was. */
export const memoryOf = ({ pid }: Pick<Process, "pid">): { readonly resident: number; readonly peak: number } => {
  const status = read(String(pid), "status");
  const mib = (name: string): number => Number(new RegExp(`^${name}:\\s+([0-9]+) kB$`, "m").exec(status)?.[1]) / 1024;
  return { resident: mib("VmRSS"), peak: mib("VmHWM") };
};

/** Seconds of processor time since it was started, and seconds since then by the clock. */
export const timesOf = ({ pid }: Process): { readonly busy: number; readonly age: number } => {
  const stat = read(String(pid), "stat");
  // Fields 14, 15 and 22 of proc(5), counted from behind the name, which may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const at = (field: number): number => Number(fields[field - 3]) / ticks;
  return { busy: at(14) + at(15), age: Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) - at(22) };
};

/** USER_HZ, which Linux has the same on every machine that Node runs on. */
const ticks = 100;

/** Empty once the process has gone: it may at any time. */
const read = (pid: string, name: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch (problem) {
    const { code = "" } = problem as NodeJS.ErrnoException;
    if (["ENOENT", "ESRCH", "EACCES"].includes(code)) return "";
    throw problem;
  }
};
