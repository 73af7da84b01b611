/** How often each property of the prover is tried; DOMICILE_RANDOM_POLICIES=20000 is a long run. */
export const runs = Number(process.env["DOMICILE_RANDOM_POLICIES"] ?? 300);

/** A failure is seen again with the same DOMICILE_SEED. */
export const seed = Number(process.env["DOMICILE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
