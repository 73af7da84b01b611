import { parseOcid } from "./ocid.ts";
import type { Ocid, OcidFault } from "./ocid.ts";

/** What a node's spec.providerID says the node is. It is the node's claim, not proof. */
export type Provider =
  | ({ readonly kind: "oci-instance"; readonly text: string } & Ocid)
  | ({ readonly kind: "oci-virtual-node"; readonly text: string } & Ocid)
  | { readonly kind: "other-provider"; readonly provider: string }
  | { readonly kind: "absent" }
  | { readonly kind: "malformed"; readonly fault: OcidFault | "other-type"; readonly problem: string };

/**
 * Reads a providerID: a bare OCID, as OKE writes it, or `oci://` and the OCID, as Oracle's cloud controller does elsewhere.
 * Any other `<scheme>://` is another provider, whatever follows; a bare text that is no OCID is malformed. Never throws.
 */
export function providerOf(providerID: string | undefined): Provider {
  if (providerID === undefined || providerID === "") return { kind: "absent" };
  const scheme = /^([a-z][a-z0-9+.-]{0,62}):\/\//.exec(providerID)?.[1];
  if (scheme !== undefined && scheme !== "oci") return { kind: "other-provider", provider: scheme };
  const text = scheme === undefined ? providerID : providerID.slice("oci://".length);
  const parsed = parseOcid(text);
  if (!parsed.ok) return { kind: "malformed", fault: parsed.fault, problem: parsed.problem };
  const { ocid } = parsed;
  switch (ocid.type) {
    case "instance":
      return { kind: "oci-instance", text, ...ocid };
    case "virtualnode":
      return { kind: "oci-virtual-node", text, ...ocid };
    default:
      return { kind: "malformed", fault: "other-type", problem: `an OCID of type ${ocid.type} names no node` };
  }
}
