import type { Cluster, ClusterFlags } from "./cluster.ts";

/** What a command has around it, so that tests can put something else there. */
export type Surroundings = {
  /** How the program was called: `domicile` or `kubectl domicile`. */
  readonly program: string;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Aborts after so many milliseconds (a TimeoutError), or as soon as a person interrupts (a Stop), who may do so again to end at once. */
  readonly ends: (ms: number) => AbortSignal;
  /** Opens the way to the API server. Only this loads what speaks to it, which costs half a second. */
  readonly connect: (flags: ClusterFlags) => Promise<Cluster>;
};
