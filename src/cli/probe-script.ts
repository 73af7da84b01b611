/** What a probe is to try, and what it wants to see before it ends early. Times are milliseconds. */
export type Trial = {
  readonly targets: readonly { readonly address: string; readonly port: number; readonly wants: "open" | "closed" }[];
  /** How long one connection may take. */
  readonly tryMs: number;
  /** How long to go on at most while not all is as wanted. */
  readonly forMs: number;
};

/** What one target met: connections tried and opened, when one was open last, and what the last try met. */
export type Tried = {
  readonly tries: number;
  readonly opened: number;
  /** Milliseconds since the probe began; undefined where none was ever open. */
  readonly lastOpenMs?: number;
  /** "open", "silent", or the error's code: ECONNREFUSED, EHOSTUNREACH. */
  readonly last: string;
};

/**
 * Runs in the probe's pod by `node -e`, with a Trial as its argument, and prints what each target met as one JSON text.
 * An enforcer may know a new pod only after it has started, so all targets are tried together, again and again, until
 * three rounds in a row are as wanted: one that is closed because the pod has no network yet is no such round.
 */
export const probeScript = `
const { connect } = require("node:net");
const { targets, tryMs, forMs } = JSON.parse(process.argv[1]);
const began = performance.now();
const found = targets.map(() => ({ tries: 0, opened: 0, last: "silent" }));
const once = ({ address, port }) =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (met) => { clearTimeout(timer); socket.destroy(); resolve(met); };
    const timer = setTimeout(end, tryMs, "silent");
    socket.on("connect", () => end("open")).on("error", ({ code }) => end(code ?? "error"));
  });
const round = async () => {
  const met = await Promise.all(targets.map(once));
  const at = Math.round(performance.now() - began);
  met.forEach((last, index) => {
    const one = found[index];
    one.tries += 1;
    one.last = last;
    if (last === "open") { one.opened += 1; one.lastOpenMs = at; }
  });
  return met.every((last, index) => (last === "open") === (targets[index].wants === "open"));
};
const main = async () => {
  for (let inARow = 0; inARow < 3 && performance.now() - began < forMs; ) {
    inARow = (await round()) ? inARow + 1 : 0;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  console.log(JSON.stringify({ targets: found }));
};
main();
`;
