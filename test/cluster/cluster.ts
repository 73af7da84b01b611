import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client as HttpClient } from "undici";
import { apiServerUrl } from "./addresses.ts";
import type { Client } from "./client.ts";
import { makeClient, must } from "./client.ts";
import type { ComponentName } from "./control-plane.ts";
import { discover } from "./discovery.ts";
import { kubeconfig } from "./kubeconfig.ts";
import { ref } from "./objects.ts";
import type { Identity } from "./pki.ts";
import { clientCertificate } from "./pki.ts";
import type { SessionFile } from "./session-file.ts";
import { readSession } from "./session-file.ts";
import type { Output } from "./spawned.ts";
import { output } from "./spawned.ts";
import { openTransport } from "./transport.ts";

/** The test cluster this process runs in, as tests see it. */
export type Cluster = {
  readonly session: SessionFile;
  /** Cluster administrator (group system:masters). */
  readonly admin: Client;
  /** A user by client certificate, with whatever RBAC gives it. */
  as(identity: Identity): Promise<Client>;
  /** A kubelet's own identity: system:node:NAME of group system:nodes. */
  asNode(name: string): Promise<Client>;
  /** A service account, by a token of an hour. */
  asServiceAccount(namespace: string, name: string): Promise<Client>;
  /** Path of a kubeconfig file of an identity, removed with the session. */
  kubeconfigOf(identity: Identity): Promise<string>;
  /** Runs kubectl as the administrator, or as `as`. */
  kubectl(args: readonly string[], options?: { readonly stdin?: string; readonly as?: Identity }): Promise<Output>;
  /** Stops, kills or starts one component of the control plane; resolves when it has ended, or is ready again. */
  component(name: ComponentName, verb: "stop" | "kill" | "start"): Promise<void>;
  close(): Promise<void>;
};

/** Connects to the session's cluster; throws a sentence outside a session. */
export const connect = async (): Promise<Cluster> => {
  const session = readSession();
  const admin = adminClient(session);
  const discovery = discover(openTransport(apiServerUrl, session.authority.cert, adminCredentials(session)));
  const clients: Client[] = [admin];
  const keep = (client: Client): Client => {
    clients.push(client);
    return client;
  };
  const open = (credentials: Parameters<typeof openTransport>[2]): Client =>
    keep(makeClient(openTransport(apiServerUrl, session.authority.cert, credentials), discovery));

  const cluster: Cluster = {
    session,
    admin,
    as: async (identity) => open({ certificate: await clientCertificate(session.authority, identity) }),
    asNode: (name) => cluster.as({ user: `system:node:${name}`, groups: ["system:nodes"] }),
    async asServiceAccount(namespace, name) {
      const request = {
        ...ref("authentication.k8s.io/v1", "TokenRequest", name, namespace),
        spec: { expirationSeconds: 3600 },
      };
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
      const { status } = await must(
        admin.send<{ readonly status: { readonly token: string } }>({ method: "POST", path, body: request }),
      );
      return open({ token: status.token });
    },
    async kubeconfigOf(identity) {
      const file = join(session.folder, `${randomUUID()}.kubeconfig`);
      const certificate = await clientCertificate(session.authority, identity);
      writeFileSync(file, kubeconfig(apiServerUrl, session.authority.cert, certificate), { mode: 0o600 });
      return file;
    },
    async kubectl(args, { stdin, as } = {}) {
      const config = as ? await cluster.kubeconfigOf(as) : session.kubeconfig;
      const program = session.programs.kubectl ?? "kubectl";
      return output(program, [`--kubeconfig=${config}`, ...args], {
        ...(stdin === undefined ? {} : { stdin }),
        env: { PATH: process.env["PATH"], HOME: session.folder },
      });
    },
    async component(name, verb) {
      const http = new HttpClient("http://session", { socketPath: session.controlSocket, headersTimeout: 120_000 });
      const answer = await http.request({ method: "POST", path: `/${name}/${verb}` });
      const problem = await answer.body.text();
      await http.close();
      if (answer.statusCode !== 200) throw new Error(`${verb} ${name}: ${problem}`);
    },
    close: async () => {
      await Promise.all(clients.map((client) => client.close()));
    },
  };
  return cluster;
};

/** The administrator's client of a session. */
export const adminClient = (session: SessionFile): Client => {
  const transport = openTransport(apiServerUrl, session.authority.cert, adminCredentials(session));
  return makeClient(transport, discover(transport));
};

const adminCredentials = (session: SessionFile) => ({ certificate: session.admin });
