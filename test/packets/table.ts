import { isDeepStrictEqual } from "node:util";
import type { Met, Target } from "../cluster/packets.ts";
import type { Pod } from "./names.ts";

/** Who sends: a pod of the table, or a host outside. */
export type Sender = Pod | "outside";

/** One packet: who sends it, where to, and what it is to meet. */
export type Row<From extends string = Sender> = {
  readonly from: From;
  readonly to: Target;
  readonly wants: "open" | "refused";
};

/** What packets met, by what they were; packets of the same kind read the same. */
export type Seen = Readonly<Record<string, Met>>;

/** Rows that want the same. */
export const rows = (wants: Row["wants"], from: Row["from"], targets: readonly Target[]): readonly Row[] =>
  targets.map((to) => ({ from, to, wants }));

/** How a row reads in a failure. */
export const readRow = ({ from, to: { address, port, protocol = "TCP", source } }: Row<string>): string =>
  `${from}${source === undefined ? "" : ` (${source})`} -> ${address} ${protocol} ${port}`;

/** What rows want, as `seen` has it. */
export const wanted = (all: readonly Row<string>[]): Seen =>
  Object.fromEntries(all.map((row) => [readRow(row), row.wants]));

/** A round of packets that sees each want come true, or the last before 60 s have passed. An enforcer's rules cannot be watched. */
export const settle = async <From extends string>(send: Send<From>, all: readonly Row<From>[]): Promise<Seen> => {
  const deadline = AbortSignal.timeout(60_000);
  for (;;) {
    const seen = await sendAll(send, all);
    if (deadline.aborted || isDeepStrictEqual(seen, wanted(all))) return seen;
  }
};

/** Sends one sender's packets at once. */
export type Send<From extends string = Sender> = (from: From, targets: readonly Target[]) => Promise<readonly Met[]>;

const sendAll = async <From extends string>(send: Send<From>, all: readonly Row<From>[]): Promise<Seen> => {
  const senders = [...Map.groupBy(all, ({ from }) => from)];
  const seen = await Promise.all(
    senders.map(async ([from, theirs]) => {
      const met = await send(
        from,
        theirs.map(({ to }) => to),
      );
      return theirs.map((row, index) => [readRow(row), met[index] ?? "silent"] as const);
    }),
  );
  return Object.fromEntries(seen.flat());
};
