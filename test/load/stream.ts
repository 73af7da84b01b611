import { EventEmitter, once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import type { Answer } from "../cluster/transport.ts";

/** What came of one request. Times are performance.now(). */
export type Outcome = {
  readonly askedAt: number;
  readonly answeredAt: number;
  /** `refused` is our doing: the answer names a webhook or policy of Domicile. `away` is anything else that is not good: the API server's own. */
  readonly kind: "good" | "refused" | "away";
  readonly message: string;
  /** How much longer it took than a write beside it that no webhook matches, in milliseconds. */
  readonly heldUpMs: number;
};

/** Requests at a fixed rate, however the ones before them fare. */
export type Stream = {
  readonly name: string;
  readonly inside: boolean;
  /** Oldest question first. */
  readonly outcomes: () => readonly Outcome[];
  /** Resolves when a request that was sent after now has had a good answer; rejects after two minutes without one. */
  readonly untilGood: () => Promise<void>;
  readonly ended: Promise<void>;
};

/** What a request is: its number counts from 0. */
export type Ask = (number: number) => Promise<Pick<Answer<unknown>, "ok" | "message"> & { readonly heldUpMs?: number }>;

/** More unanswered questions than this and the machine is what is measured: the next ones are left out. */
const mostUnanswered = 50;

/** Asks every `everyMs` until the signal aborts. */
export const startStream = (
  { name, inside, everyMs, ask }: Pick<Stream, "name" | "inside"> & { readonly everyMs: number; readonly ask: Ask },
  signal: AbortSignal,
): Stream => {
  const outcomes: Outcome[] = [];
  const told = new EventEmitter();
  const one = async (number: number): Promise<void> => {
    const askedAt = performance.now();
    const judged = await ask(number).then(
      ({ ok, message, heldUpMs = 0 }) =>
        ({ kind: ok ? "good" : /domicile/.test(message) ? "refused" : "away", message, heldUpMs }) as const,
      (problem: unknown) => ({ kind: "away", message: String(problem), heldUpMs: 0 }) as const,
    );
    outcomes.push({ askedAt, answeredAt: performance.now(), ...judged });
    told.emit("outcome");
  };
  const run = async (): Promise<void> => {
    const begun = performance.now();
    const unanswered = new Set<Promise<void>>();
    for (let number = 0; !signal.aborted; number += 1) {
      if (unanswered.size < mostUnanswered) {
        const asked = one(number).finally(() => unanswered.delete(asked));
        unanswered.add(asked);
      }
      // The load's own pace: what is late is made up for, so that a stalled answer does not thin out the load.
      await pause(Math.max(0, begun + (number + 1) * everyMs - performance.now()), undefined, { signal }).catch(
        () => {},
      );
    }
    await Promise.all(unanswered);
  };
  return {
    name,
    inside,
    ended: run(),
    outcomes: () => outcomes.toSorted((a, b) => a.askedAt - b.askedAt),
    async untilGood() {
      const since = performance.now();
      const deadline = AbortSignal.timeout(120_000);
      while (!outcomes.some(({ kind, askedAt }) => kind === "good" && askedAt >= since))
        await once(told, "outcome", { signal: deadline }).catch(() => {
          throw new Error(`"${name}" had no good answer for 120 s; the last was: ${outcomes.at(-1)?.message}`);
        });
    },
  };
};

/**
 * From a refusal to the answer of the next good request of the same stream, without the time for which the API server
 * was away: nobody could have refused then. Infinity while there is none.
 */
export type Outage = {
  readonly from: number;
  readonly ms: number;
  readonly refusals: number;
  readonly message: string;
};

/** The outages of a stream, oldest first. */
export const outagesOf = (outcomes: readonly Outcome[]): readonly Outage[] => {
  const outages: Outage[] = [];
  let open: Outage | undefined;
  let [awayMs, awaySince]: [number, number | undefined] = [0, undefined];
  for (const { kind, askedAt, answeredAt, message } of outcomes) {
    if (kind === "away") {
      awaySince ??= askedAt;
      continue;
    }
    if (open === undefined) awayMs = 0;
    else if (awaySince !== undefined) awayMs += askedAt - awaySince;
    awaySince = undefined;
    if (kind === "refused") {
      open = open ? { ...open, refusals: open.refusals + 1 } : { from: askedAt, ms: Infinity, refusals: 1, message };
    } else if (open !== undefined) {
      outages.push({ ...open, ms: answeredAt - open.from - awayMs });
      open = undefined;
    }
  }
  return open === undefined ? outages : [...outages, open];
};
