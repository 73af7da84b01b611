import { makeSignatureCheck } from "../attestation/verify.ts";
import { resources } from "../kube/resources.ts";
import { clock } from "../ops/clock.ts";
import { projectAttestation } from "../zone/attestation-facts.ts";
import type { Lists } from "../zone/listed.ts";
import type { ZoneRecord } from "../zone/record.ts";
import type { Cluster } from "./cluster.ts";

/** What a user must be allowed to see attested nodes as Domicile does. */
export const attestedReads = "where the zone asks for Attested nodes: list nodeattestations.domicile.dev";

/** Reads what is attested of nodes, where the zone asks for it: nobody needs a permission for what is not judged. */
export const readAttested = async (cluster: Cluster, zone: ZoneRecord | undefined): Promise<Lists> => {
  if (zone?.parsed.ok !== true || zone.parsed.value.minimumTrust !== "Attested") return {};
  return {
    attestations: await cluster.list(resources.nodeAttestations, projectAttestation),
    signedBy: makeSignatureCheck(),
    now: clock.now(),
  };
};
