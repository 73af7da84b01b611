import { stringify } from "yaml";
import { apiVersion } from "../api/names.ts";
import { nodeAttestation, type StatementText } from "../api/node-attestation.ts";
import { isDnsLabel } from "../api/texts.ts";
import { readSigner, signStatement } from "../attestation/sign.ts";
import { clock } from "../ops/clock.ts";
import { parseStatement } from "../zone/statement.ts";
import { readKeyFile } from "./key-file.ts";
import type { Given } from "./options.ts";
import { Stop } from "./stop.ts";
import type { Verb } from "./verb.ts";

/** Makes a NodeAttestation from a private key and what is true of a node. It asks no cluster, and so works where the key is. */
export const attest: Verb = {
  says: "Make a NodeAttestation: sign where a node's machine is",
  forms: [
    "--key FILE --key-name NAME --node UID --provider-id ID --machine ID --region REGION --not-after TIME | kubectl create -f -",
  ],
  more: [
    "It writes the manifest and never the key, and asks nobody whether what it signs is true: docs/attestation.md says who should hold the key, and what to look up before signing.",
    "The key is Ed25519 or ECDSA on P-256, in PEM and not encrypted: `openssl genpkey -algorithm ed25519 -out key.pem`. A key file that everybody on the machine may read is refused. `--key /dev/stdin` takes it from a secret store.",
  ],
  options: {
    key: { value: "FILE", means: "file with the private key in PEM" },
    "key-name": { value: "NAME", means: "name of the key in spec.nodes.attestation.keys of the zone" },
    node: { value: "UID", means: "metadata.uid of the Node" },
    "provider-id": { value: "ID", means: "its spec.providerID, letter by letter" },
    machine: { value: "ID", means: "its status.nodeInfo.machineID" },
    region: { value: "REGION", means: "where the machine is, such as us-ashburn-1" },
    "not-after": { value: "TIME", means: "until when that may be believed, in UTC, such as 2027-01-31T00:00:00Z" },
  },
  run: async (given) => {
    const [word] = given.words;
    if (word !== undefined) throw new Stop("unreadable", `attest takes no "${word}"; everything is given by options.`);
    const file = must(given, "key");
    const keyName = must(given, "key-name");
    if (!isDnsLabel(keyName))
      throw new Stop("unreadable", `--key-name ${keyName} cannot be a key's name: give it as the zone's keys have it.`);
    const statement: StatementText = {
      nodeUID: must(given, optionOf.nodeUID),
      providerID: must(given, optionOf.providerID),
      machineID: must(given, optionOf.machineID),
      region: must(given, optionOf.region),
      notAfter: must(given, optionOf.notAfter),
    };
    const signer = readSigner(await readKeyFile(file));
    if (!signer.ok) throw new Stop("unreadable", `${file} ${signer.problem}.`);
    const spec = signStatement(statement, keyName, signer);
    verify(spec);
    const manifest = {
      apiVersion,
      kind: nodeAttestation.kind,
      // One object per statement and key: a statement that is renewed stands beside the old one.
      metadata: { name: [statement.nodeUID, dense(statement.notAfter), keyName].join(".") },
      spec,
    };
    return { value: manifest, lines: stringify(manifest, { lineWidth: 0 }).trimEnd().split("\n"), refused: false };
  },
};

/** The option that gives each field of the statement. */
const optionOf = {
  nodeUID: "node",
  providerID: "provider-id",
  machineID: "machine",
  region: "region",
  notAfter: "not-after",
} as const satisfies Readonly<Record<keyof StatementText, string>>;

const must = (given: Given, option: string): string => {
  const value = given.one(option);
  if (value === undefined) throw new Stop("unreadable", `--${option} is missing: ${attest.options[option]?.means}.`);
  return value;
};

/** Nothing is signed that no zone would read, or that nobody would believe any more. */
const verify = ({ payloadType, payload }: ReturnType<typeof signStatement>): void => {
  const parsed = parseStatement(payloadType, payload);
  if (!parsed.ok) {
    const [{ path, message } = { path: "", message: "cannot be read" }] = parsed.problems;
    const field = path.replace("payload.", "");
    const option = Object.entries(optionOf).find(([name]) => name === field)?.[1] ?? field;
    throw new Stop("unreadable", `--${option} ${message.replace(/[.?]?$/, (end) => (end === "" ? "." : end))}`);
  }
  if (parsed.value.notAfter <= clock.now())
    throw new Stop("unreadable", "--not-after has passed, so nobody would believe the statement; give a later time.");
};

const dense = (time: string): string => time.replaceAll(/[-:]/g, "").toLowerCase();
