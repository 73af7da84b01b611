import { readFileSync } from "node:fs";
import type { KeyPair } from "./pki.ts";
import type { Programs } from "./programs.ts";

/** What a session tells the command it runs, in the file named by DOMICILE_TEST_CLUSTER. */
export type SessionFile = {
  /** The session's own folder, removed at its end. */
  readonly folder: string;
  readonly kubeconfig: string;
  /** Kubeconfig that works outside the session's namespaces, when one was asked for. */
  readonly hostKubeconfig: string | undefined;
  readonly authority: KeyPair;
  readonly admin: KeyPair;
  readonly programs: Programs;
  /** Unix socket that stops and starts components: POST /COMPONENT/stop, /start, /kill. */
  readonly controlSocket: string;
};

/** Reads the session this process runs in; throws a sentence when it runs in none. */
export const readSession = (env: NodeJS.ProcessEnv = process.env): SessionFile => {
  const file = env["DOMICILE_TEST_CLUSTER"];
  if (!file) throw new Error("No test cluster: run this by `node test/setup.mjs run -- COMMAND`, which starts one.");
  return JSON.parse(readFileSync(file, "utf8")) as SessionFile;
};
