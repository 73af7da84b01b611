/** A pod that nothing holds to the zone yet: not bound, not ended, and without the zone's selector. */
export const isLoose = (
  pod: { readonly node: string | undefined; readonly ended: boolean; readonly selects: readonly string[] },
  zone: string,
): boolean => pod.node === undefined && !pod.ended && !pod.selects.includes(zone);
