/** The Pod Security level a zone namespace must bear: its own where that is strict enough, baseline otherwise. */
export const atLeastBaseline = (level: string | undefined): string => (level === "restricted" ? level : "baseline");
