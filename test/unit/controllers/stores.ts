import type { Stores } from "../../../src/controllers/cache.ts";
import { Store } from "../../../src/kube/store.ts";

/** A store that nothing was heard of yet, whose clock stands still. */
export const store = <T>(): Store<T> => new Store<T>(() => 0);

/** The stores of a replica that has heard nothing yet. */
export const emptyStores = (): Stores => ({
  zones: store(),
  namespaces: store(),
  clusters: store(),
  nodes: store(),
  pods: store(),
  volumeClaims: store(),
  volumes: store(),
  policies: store(),
  daemonSets: store(),
  definitions: store(),
  exposingServices: store(),
  exposingSlices: store(),
  ingresses: store(),
  attestations: store(),
  endpointSlices: store(),
  services: store(),
  dnsSlices: store(),
  dnsServices: store(),
  serviceCidrs: store(),
  mutatingWebhooks: store(),
  validatingWebhooks: store(),
  nativePolicies: store(),
  nativeBindings: store(),
});
