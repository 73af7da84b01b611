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

/** One JSON object per line on standard output. Lines are written while work goes on, and the last ones at the exit. */
export const makeLog = (level: LogLevel): Log =>
  pino(
    {
      level,
      redact: { paths: redacted, censor: "[redacted]" },
      timestamp: pino.stdTimeFunctions.isoTime,
      base: null,
    },
    pino.destination({ dest: 1, sync: false }),
  );
