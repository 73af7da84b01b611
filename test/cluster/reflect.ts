// @peculiar/x509 registers its classes with tsyringe, which refuses to load unless Reflect can keep metadata; it keeps
// a handful of constructor hints, for which a map is enough. A real polyfill, when one is loaded first, is left alone.
const kept = new WeakMap<object, Map<unknown, unknown>>();

const getOwn = (key: unknown, target: object): unknown => kept.get(target)?.get(key);

const get = (key: unknown, target: object): unknown => {
  for (let at: object | null = target; at !== null; at = Reflect.getPrototypeOf(at)) {
    const value = getOwn(key, at);
    if (value !== undefined) return value;
  }
  return undefined;
};

const define = (key: unknown, value: unknown, target: object): void => {
  const map = kept.get(target) ?? new Map<unknown, unknown>();
  kept.set(target, map.set(key, value));
};

if (!("getMetadata" in Reflect)) {
  Object.assign(Reflect, {
    getMetadata: get,
    getOwnMetadata: getOwn,
    hasOwnMetadata: (key: unknown, target: object) => getOwn(key, target) !== undefined,
    defineMetadata: define,
    metadata: (key: unknown, value: unknown) => (target: object) => define(key, value, target),
  });
}
