import { nearest } from "../zone/nearest.ts";
import { overview, usage } from "./help.ts";
import { commonOptions, readOptions } from "./options.ts";
import { printable, printer } from "./print.ts";
import { exitCodes, Stop } from "./stop.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Verb } from "./verb.ts";
import { verbs } from "./verbs.ts";

/** Runs one command line and gives the exit code. A defect of ours is thrown. */
export const run = async (args: readonly string[], surroundings: Surroundings): Promise<number> => {
  try {
    return await answer(args, surroundings);
  } catch (problem) {
    if (!(problem instanceof Stop)) throw problem;
    surroundings.err(`${surroundings.program}: ${printable(problem.message)}\n`);
    return exitCodes[problem.ends];
  }
};

const answer = async ([name, ...rest]: readonly string[], surroundings: Surroundings): Promise<number> => {
  const { program, out } = surroundings;
  if (name === undefined) throw new Stop("unreadable", `a verb is missing: ${program} help lists them.`);
  if (name === "help" || name === "--help" || name === "-h") {
    const [asked] = rest;
    out(
      lines(
        asked === undefined
          ? overview(program, verbs)
          : usage(program, asked, verbNamed(asked, program), commonOptions),
      ),
    );
    return exitCodes.fine;
  }
  const verb = verbNamed(name, program);
  const given = readOptions(rest, { ...verb.options, ...commonOptions });
  if (given.on("help")) {
    out(lines(usage(program, name, verb, commonOptions)));
    return exitCodes.fine;
  }
  const print = printer(given.one("output"));
  const found = await verb.run(given, surroundings);
  out(print(found));
  return found.refused ? exitCodes.refused : exitCodes.fine;
};

const verbNamed = (name: string, program: string): Verb => {
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (verb !== undefined) return verb;
  const meant = nearest(name, Object.keys(verbs));
  const hint = meant === undefined ? `${program} help lists all verbs.` : `did you mean ${meant}?`;
  throw new Stop("unreadable", `"${name}" is no verb; ${hint}`);
};

const lines = (all: readonly string[]): string => `${all.join("\n")}\n`;
