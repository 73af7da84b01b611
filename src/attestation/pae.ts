import { attestationPayloadType } from "../api/node-attestation.ts";

/**
 * The bytes that are signed: DSSE's pre-authentication encoding of a type and a body.
 * Source: https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md
 */
export const preAuthentication = (body: Uint8Array, type: string = attestationPayloadType): Uint8Array =>
  Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.length} `), body]);
