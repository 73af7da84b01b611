import { providerOf } from "./provider.ts";

/**
 * The machine a providerID speaks of, the same for every spelling: `oci://` or not, region as key or identifier.
 * The unique part of an OCID is unique across regions. Undefined when there is no providerID.
 */
export const machineOf = (providerID: string | undefined): string | undefined => {
  const provider = providerOf(providerID);
  switch (provider.kind) {
    case "oci-instance":
    case "oci-virtual-node":
      return provider.unique;
    case "other-provider":
    case "malformed":
      return providerID;
    case "absent":
      return undefined;
  }
};
