import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, Socket } from "node:net";
import { constants } from "node:os";
import { join } from "node:path";
import { styleText } from "node:util";
import { apiServerPort, apiServerUrl, clusterDnsAddress } from "./addresses.ts";
import { must } from "./client.ts";
import { adminClient } from "./cluster.ts";
import { serveControl } from "./control-socket.ts";
import type { ControlPlane } from "./control-plane.ts";
import { startControlPlane } from "./control-plane.ts";
import { kubeconfig } from "./kubeconfig.ts";
import { prepareNetwork } from "./network.ts";
import { locate } from "./programs.ts";
import type { SessionFile } from "./session-file.ts";
import { chosenRelease } from "./versions.ts";

// The first process of its own network, mount and process namespaces (test/setup.mjs made them): whatever it starts,
// and whatever that starts, ends with it.

// setup.mjs writes a signal's name per line, and its death, however it comes, ends the stream. Ending the first process
// of a process namespace ends all of it, which is right until the command runs and can be asked to end.
let deliver = (signal: NodeJS.Signals): void => process.exit(128 + constants.signals[signal]);
let orphaned = false;
const lifeline = new Socket({ fd: 3 });
lifeline.setEncoding("utf8").on("data", (text) => {
  for (const signal of String(text).split("\n").filter(Boolean)) deliver(signal as NodeJS.Signals);
});
lifeline.on("close", () => {
  orphaned = true;
  deliver("SIGKILL");
});
process.on("exit", () => {
  const folder = process.env["DOMICILE_RUN_FOLDER"];
  if (orphaned && folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

const main = async (command: readonly string[]): Promise<number> => {
  const folder = process.env["DOMICILE_RUN_FOLDER"];
  const [program, ...args] = command;
  if (folder === undefined || program === undefined) throw new Error("session.ts is started by test/setup.mjs");
  await prepareNetwork();
  const { kubernetes } = chosenRelease(process.env);
  console.error(styleText("dim", `domicile: starting a Kubernetes ${kubernetes} control plane; usually 5 s`));
  const programs = await locate({ env: process.env });
  const plane = await startControlPlane(programs, folder);
  try {
    const session: SessionFile = {
      folder,
      kubeconfig: plane.kubeconfig,
      hostKubeconfig: await openToHost(plane, folder),
      authority: plane.authority,
      admin: plane.admin,
      programs,
      controlSocket: join(folder, "control.sock"),
    };
    serveControl(plane, session.controlSocket);
    const file = join(folder, "cluster.json");
    writeFileSync(file, `${JSON.stringify(session)}\n`, { mode: 0o600 });
    await defaultServiceAccount(session);
    await clusterDns(session);
    return await run(program, args, { ...process.env, DOMICILE_TEST_CLUSTER: file, KUBECONFIG: plane.kubeconfig });
  } finally {
    await plane.stop();
  }
};

// Pods are refused until the controller-manager has made their namespace's service account.
const defaultServiceAccount = async (session: SessionFile): Promise<void> => {
  const admin = adminClient(session);
  const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace: "default" } };
  await admin.until(account, () => true, { describe: "the controller-manager makes the default service account" });
  await admin.close();
};

/** Every cluster has it; who answers there is for tests to say. */
const clusterDns = async (session: SessionFile): Promise<void> => {
  const admin = adminClient(session);
  const labels = { "k8s-app": "kube-dns" };
  const home = { apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system" } };
  await admin.until(home, () => true, { describe: "the API server makes kube-system" });
  await must(
    admin.create({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "kube-dns", namespace: "kube-system", labels },
      spec: {
        clusterIP: clusterDnsAddress,
        selector: labels,
        ports: [
          { name: "dns", port: 53, protocol: "UDP", targetPort: 53 },
          { name: "dns-tcp", port: 53, protocol: "TCP", targetPort: 53 },
        ],
      },
    }),
  );
  await admin.close();
};

/** A Unix socket crosses network namespaces: setup.mjs joins a port of the host's loopback to this one. */
const openToHost = async (plane: ControlPlane, folder: string): Promise<string | undefined> => {
  const port = process.env["DOMICILE_HOST_PORT"];
  if (port === undefined) return undefined;
  const server = createServer((near) => {
    const far = connect(apiServerPort, "127.0.0.1");
    near.pipe(far).pipe(near);
    near.on("error", () => far.destroy());
    far.on("error", () => near.destroy());
  });
  server.listen(join(folder, "api.sock"));
  await once(server, "listening");
  const file = join(folder, "kubeconfig");
  writeFileSync(
    file,
    kubeconfig(apiServerUrl.replace(/\/\/.*/, `//127.0.0.1:${port}`), plane.authority.cert, plane.admin),
    { mode: 0o600 },
  );
  return file;
};

const run = async (program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> => {
  const child = spawn(program, args, { stdio: "inherit", env });
  deliver = (signal) => child.kill(signal);
  const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  return code ?? 128 + (signal ? constants.signals[signal] : 0);
};

mkdirSync("/run/netns", { recursive: true });
const separator = process.argv.indexOf("--");
try {
  process.exitCode = await main(process.argv.slice(separator + 1));
} catch (problem) {
  console.error(
    `domicile: the test cluster did not start: ${problem instanceof Error ? problem.message : String(problem)}`,
  );
  process.exitCode = 1;
}
process.exit();
