import { programVersion } from "./program-version.ts";
import { Stop } from "./stop.ts";
import type { Verb } from "./verb.ts";

/** Says which version this is. */
export const version: Verb = {
  says: "Say which version this program is",
  forms: [""],
  options: {},
  run: async ({ words: [word] }) => {
    if (word !== undefined) throw new Stop("unreadable", `version takes nothing; leave out "${word}".`);
    return { value: { version: programVersion }, lines: [`domicile ${programVersion}`], refused: false };
  },
};
