import { pino, type Logger } from "pino";

/** A pino logger. */
export type Log = Logger;

/** Levels from the most talkative to the quietest. */
export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
/** One of them. */
export type LogLevel = (typeof logLevels)[number];

/** Fields that could hold a secret if one were ever logged by mistake. Objects of the API server are never logged. A top-level `key` is a queue's key, and stays. */
const redacted = [
  ...["data", "stringData", "token", "authorization"].flatMap((name) => [name, `*.${name}`]),
  "*.key",
  "*.headers.authorization",
  "err.cause.headers",
];

/** Bytes of lines that are written together: some ten decisions. A write for each costs as much as deciding. */
const atOnce = 4_096;

/** How long a line may wait for others, in milliseconds. */
const flushMs = 100;

/** The field that pino writes into each line; many lines share a millisecond, and to print one costs as much as a line. */
const isoTime = (now: () => number): (() => string) => {
  let last = NaN;
  let field = "";
  return () => {
    const at = now();
    if (at !== last) {
      last = at;
      field = `,"time":"${new Date(at).toISOString()}"`;
    }
    return field;
  };
};

/** One JSON object per line on standard output. Lines are written while work goes on, several at once, and the last ones at the exit. */
export const makeLog = (level: LogLevel): Log =>
  pino(
    {
      level,
      redact: { paths: redacted, censor: "[redacted]" },
      timestamp: isoTime(() => Date.now()),
      base: null,
    },
    pino.destination({ dest: 1, sync: false, minLength: atOnce, periodicFlush: flushMs }),
  );
