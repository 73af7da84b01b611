import type { ExposedSpec } from "../api/zone-exposure.ts";

/** Every object that spec.exposure lists, one by one, as people name it: `Service payments/gateway (LoadBalancer)`. */
const objectsOf = (exposure: readonly ExposedSpec[]): ReadonlySet<string> =>
  new Set(
    exposure.flatMap(({ kind, type, namespaces, names }) =>
      namespaces.flatMap((namespace) =>
        names.map((name) => `${kind} ${namespace}/${name}${type === undefined ? "" : ` (${type})`}`),
      ),
    ),
  );

/** The objects that the one list has and the other has not, however they are gathered into entries. */
export const exposedBeyond = (exposure: readonly ExposedSpec[], others: readonly ExposedSpec[]): readonly string[] =>
  [...objectsOf(exposure).difference(objectsOf(others))].toSorted();
