/** A reason's one sentence, and what a person does next. Conditions, events, denials, metrics and docs use both. */
export type ReasonText = { readonly says: string; readonly next: string };

/** What to do about what is as it should be. */
export const nothing = "Nothing needs doing.";
