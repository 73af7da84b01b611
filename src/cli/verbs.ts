import { attest } from "./attest.ts";
import { audit } from "./audit.ts";
import { check } from "./check.ts";
import { egress } from "./egress.ts";
import { explain } from "./explain.ts";
import { graph } from "./graph.ts";
import { nodes } from "./nodes.ts";
import { plan } from "./plan.ts";
import { preflight } from "./preflight.ts";
import { probe } from "./probe.ts";
import type { Verb } from "./verb.ts";
import { version } from "./version.ts";

/** Every verb that answers something; help is made from this table, and one more verb is one more line. */
export const verbs: Readonly<Record<string, Verb>> = {
  explain,
  egress,
  plan,
  graph,
  nodes,
  preflight,
  audit,
  check,
  attest,
  probe,
  version,
};
