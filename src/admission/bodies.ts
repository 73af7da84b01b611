import type { FastifyRequest } from "fastify";
import type { IncomingMessage } from "node:http";
import { problem, type BodyProblem } from "./http-errors.ts";
import { bodyLimit, largeBodies, mostValues, smallBody } from "./limits.ts";
import { holdsMoreValues } from "./values.ts";

/** Fastify's way of being told what a body holds, or why it is not read. */
type Done = (error: Error | null, body?: unknown) => void;

/** A body on its way, whole and waiting to be parsed, or answered. */
type Body = { bytes: number; at: "arriving" | "waiting" | "answered"; readonly giveUp: (why: BodyProblem) => void };

/**
 * Reads bodies as JSON, within bounds for all of them together. Small ones that arrive in one turn of the event loop
 * are parsed, and so decided, at its end, one right after the other: between TLS and HTTP of other requests the same
 * code would find the processor's caches full of those, and cost twice as much. Large ones share `largeBodies` bytes,
 * and the one that has been arriving for longest makes room; they are parsed one per turn, so that small ones never
 * wait for more than one of them. `later` runs what it is given at the end of the turn.
 */
export const makeBodies = (later: (parse: () => void) => void) => {
  /** Those above `smallBody` bytes that are not answered yet. */
  const large = new Set<Body>();
  const waiting: (() => void)[] = [];
  let small: (() => void)[] = [];

  const parseSmall = (): void => {
    const arrived = small;
    small = [];
    for (const parse of arrived) parse();
  };
  const parseNext = (): void => {
    waiting.shift()?.();
    if (waiting.length > 0) later(parseNext);
  };
  const makeRoom = (): void => {
    let held = 0;
    for (const { bytes } of large) held += bytes;
    // The newest is the last of them, and has not arrived either: so there is always one to give up.
    for (const body of large) {
      if (held <= largeBodies) return;
      if (body.at !== "arriving") continue;
      held -= body.bytes;
      body.giveUp("CROWDED");
    }
  };

  return (request: FastifyRequest, payload: IncomingMessage, done: Done): void => {
    const chunks: Buffer[] = [];
    const end = (error: Error | null, body?: unknown): void => {
      if (self.at === "answered") return;
      self.at = "answered";
      chunks.length = 0;
      large.delete(self);
      done(error, body);
    };
    const self: Body = { bytes: 0, at: "arriving", giveUp: (why) => end(problem(why)) };
    if (Number(request.headers["content-length"]) > bodyLimit) return self.giveUp("FST_ERR_CTP_BODY_TOO_LARGE");

    payload.on("data", (chunk: Buffer) => {
      // What comes after the answer is read and forgotten, or the answer would not reach who is still sending.
      if (self.at === "answered") return;
      self.bytes += chunk.length;
      if (self.bytes > bodyLimit) return self.giveUp("FST_ERR_CTP_BODY_TOO_LARGE");
      chunks.push(chunk);
      if (self.bytes <= smallBody) return;
      large.add(self);
      makeRoom();
    });
    payload.once("error", () => self.giveUp("FST_ERR_CTP_INVALID_CONTENT_LENGTH"));
    payload.once("end", () => {
      if (self.at === "answered") return;
      self.at = "waiting";
      const parse = (): void => {
        // Who hung up while its body waited has waited long enough: nobody reads this answer.
        if (payload.socket.destroyed) return self.giveUp("FST_ERR_CTP_INVALID_CONTENT_LENGTH");
        end(...read(chunks, self.bytes));
      };
      if (self.bytes > smallBody) {
        waiting.push(parse);
        if (waiting.length === 1) later(parseNext);
      } else {
        small.push(parse);
        if (small.length === 1) later(parseSmall);
      }
    });
  };
};

const read = (chunks: readonly Buffer[], bytes: number): [Error | null, unknown] => {
  const [first] = chunks;
  const body = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, bytes);
  if (bytes === 0) return [problem("FST_ERR_CTP_EMPTY_JSON_BODY"), undefined];
  if (bytes > smallBody && holdsMoreValues(body, mostValues)) return [problem("TOO_MANY_VALUES"), undefined];
  try {
    // A pod may hold any key, `__proto__` among them (CSI volume attributes are free text). JSON.parse makes it a key
    // like any other, and nothing here assigns by a key from a body, so there is nothing to protect by refusing it.
    return [null, JSON.parse(body.toString("utf8"))];
  } catch {
    return [problem("FST_ERR_CTP_INVALID_JSON_BODY"), undefined];
  }
};
