/**
 * How a command ends, told to scripts by the exit code. `refused`: something is refused, would be, or is out of place;
 * `unreadable`: the command line or a file cannot be understood; `unanswered`: the cluster cannot be asked, or has no
 * such object; `defect`: the program itself is wrong.
 */
export const exitCodes = { fine: 0, refused: 1, unreadable: 2, unanswered: 3, defect: 4 } as const;

/** What 2 says of a plan: as in other tools that plan, and then nothing else, so what cannot be read ends as unanswered. */
export const widensCode = 2;

/** What each exit code says, for help and docs. */
export const exitTexts: Readonly<Record<keyof typeof exitCodes, string>> = {
  fine: "the question is answered, and nothing in the answer is refused or out of place",
  refused: "something is refused, would be, or is out of place",
  unreadable: "the command line or a file cannot be understood; of plan, which ends with 3 then: something would open",
  unanswered:
    "the cluster cannot be reached, does not allow the question, has no such object, or shows nothing either way",
  defect: "the program itself is wrong, and nothing it said counts; please report it",
};

/** Ends a command with one sentence for a person: what is wrong, and what to do next. */
export class Stop extends Error {
  override readonly name = "Stop";
  readonly ends: "unreadable" | "unanswered";

  constructor(ends: "unreadable" | "unanswered", sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.ends = ends;
  }
}
