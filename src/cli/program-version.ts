/** The version of this program. */
export const programVersion = "0.2.0";
