import { nearest } from "../zone/nearest.ts";
import { overview, usage } from "./help.ts";
import { optionsOf, readOptions } from "./options.ts";
import { printable, printer } from "./print.ts";
import { exitCodes, Stop, widensCode } from "./stop.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Verb } from "./verb.ts";
import { verbs } from "./verbs.ts";

/** Runs one command line and gives the exit code. It never throws: to a script that would look like a refusal. */
export const run = async (args: readonly string[], surroundings: Surroundings): Promise<number> => {
  try {
    return await answer(args, surroundings);
  } catch (problem) {
    const { program, err } = surroundings;
    if (problem instanceof Stop) {
      err(`${program}: ${printable(problem.message)}\n`);
      return codeOf(problem, args[0]);
    }
    const trace = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
    err(`${program}: this is a defect of Domicile's, please report it:\n${trace}\n`);
    return exitCodes.defect;
  }
};

const answer = async ([name, ...rest]: readonly string[], surroundings: Surroundings): Promise<number> => {
  const { program, out } = surroundings;
  if (name === undefined) throw new Stop("unreadable", `a verb is missing: ${program} help lists them.`);
  if (name === "help" || name === "--help" || name === "-h") {
    const [asked] = rest;
    out(lines(asked === undefined ? overview(program, verbs) : usage(program, asked, verbNamed(asked, program))));
    return exitCodes.fine;
  }
  const verb = verbNamed(name, program);
  const given = readOptions(rest, optionsOf(verb.options));
  if (given.on("help")) {
    out(lines(usage(program, name, verb)));
    return exitCodes.fine;
  }
  const print = printer(given.one("output"), verb.formats);
  const found = await verb.run(given, surroundings);
  out(print(found));
  if (found.widens === true) return widensCode;
  if (found.refused) return exitCodes.refused;
  return found.unanswered ? exitCodes.unanswered : exitCodes.fine;
};

const codeOf = ({ ends }: Stop, name = ""): number => {
  const own = Object.hasOwn(verbs, name) ? verbs[name]?.codes : undefined;
  return ends === "unreadable" && own !== undefined ? own.unreadable : exitCodes[ends];
};

const verbNamed = (name: string, program: string): Verb => {
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (verb !== undefined) return verb;
  const meant = nearest(name, Object.keys(verbs));
  const hint = meant === undefined ? `${program} help lists all verbs.` : `did you mean ${meant}?`;
  throw new Stop("unreadable", `"${name}" is no verb; ${hint}`);
};

const lines = (all: readonly string[]): string => `${all.join("\n")}\n`;
