/** Where tests and the demo install Domicile. */
export const home = "domicile-system";
