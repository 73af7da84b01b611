// @peculiar/x509 wires its algorithms with tsyringe, which refuses to load unless Reflect can hold metadata. Nothing
// in it reads metadata that was stored, so a Reflect that remembers nothing serves, and no dependency is needed.
const none = (): undefined => undefined;

if (!("getMetadata" in Reflect))
  Object.assign(Reflect, { getMetadata: none, getOwnMetadata: none, defineMetadata: none });
