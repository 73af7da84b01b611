import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Agent, fetch } from "undici";
import {
  apiServerAddress,
  apiServerPort,
  apiServerUrl,
  etcdUrl,
  podRange,
  podRange6,
  serviceRange,
} from "./addresses.ts";
import type { Component } from "./component.ts";
import { component } from "./component.ts";
import { kubeconfig } from "./kubeconfig.ts";
import type { KeyPair } from "./pki.ts";
import { clientCertificate, makeAuthority, servingCertificate, signingKey } from "./pki.ts";
import type { ProgramName } from "./catalog.ts";
import type { Programs } from "./programs.ts";
import { answers } from "./ready.ts";

export const componentNames = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"] as const;
export type ComponentName = (typeof componentNames)[number];

/** A control plane in the current network namespace. Components can be stopped and started one by one. */
export type ControlPlane = {
  readonly components: Readonly<Record<ComponentName, Component>>;
  readonly authority: KeyPair;
  readonly admin: KeyPair;
  /** Kubeconfig file of a cluster administrator (group system:masters). */
  readonly kubeconfig: string;
  /** Stops everything, the API server before etcd: the other way round it ignores SIGTERM. */
  stop(): Promise<void>;
};

/** Starts etcd, API server, controller-manager, scheduler and KWOK; resolves when all run and the API server is ready. */
export const startControlPlane = async (programs: Programs, folder: string): Promise<ControlPlane> => {
  mkdirSync(join(folder, "logs"), { recursive: true });
  const files = await writeFiles(folder);
  const start = (name: ComponentName, args: readonly string[], ready: () => Promise<void>): Component =>
    component({
      name,
      program: need(programs, name),
      args,
      ready,
      logFile: join(folder, "logs", `${name}.log`),
      // Several control planes run beside each other on two processors: a tenth of the API server's work would be
      // collecting garbage that 200 MiB more have room for.
      env: { PATH: process.env["PATH"], HOME: folder, TMPDIR: folder, GOGC: "400" },
    });

  const components = {
    etcd: start("etcd", etcdArgs(folder), () => serves("etcd", `${etcdUrl}/health`)),
    "kube-apiserver": start("kube-apiserver", apiServerArgs(files), () =>
      serves("kube-apiserver", `${apiServerUrl}/readyz`, files.admin, files.authority.cert),
    ),
    "kube-controller-manager": start("kube-controller-manager", controllerManagerArgs(files), () =>
      serves("kube-controller-manager", "https://127.0.0.1:10257/healthz"),
    ),
    "kube-scheduler": start("kube-scheduler", schedulerArgs(files), () =>
      serves("kube-scheduler", "https://127.0.0.1:10259/healthz"),
    ),
    kwok: start("kwok", kwokArgs(files, need(programs, "kwok-stages.yaml")), async () => {}),
  };
  const stop = async (): Promise<void> => {
    await Promise.all([
      components.kwok.stop(),
      components["kube-scheduler"].stop(),
      components["kube-controller-manager"].stop(),
    ]);
    await components["kube-apiserver"].stop();
    await components.etcd.stop();
  };
  try {
    await components.etcd.start();
    await components["kube-apiserver"].start();
    await Promise.all([
      components["kube-controller-manager"].start(),
      components["kube-scheduler"].start(),
      components.kwok.start(),
    ]);
  } catch (problem) {
    await stop();
    throw problem;
  }
  return { components, authority: files.authority, admin: files.admin, kubeconfig: files.kubeconfig, stop };
};

type Files = Awaited<ReturnType<typeof writeFiles>>;

const writeFiles = async (folder: string) => {
  const pki = join(folder, "pki");
  mkdirSync(pki);
  const write = (name: string, content: string): string => {
    writeFileSync(join(pki, name), content, { mode: 0o600 });
    return join(pki, name);
  };
  const authority = await makeAuthority("domicile-test");
  const service = [
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
  ];
  const serving = await servingCertificate(
    authority,
    [...service, "localhost"],
    [apiServerAddress, "127.0.0.1", "10.0.0.1"],
  );
  const tokens = await signingKey();
  const admin = await clientCertificate(authority, { user: "admin", groups: ["system:masters"] });
  const as = async (user: string): Promise<string> =>
    write(`${user}.kubeconfig`, kubeconfig(apiServerUrl, authority.cert, await clientCertificate(authority, { user })));
  return {
    folder,
    authority,
    admin,
    kubeconfig: write("admin.kubeconfig", kubeconfig(apiServerUrl, authority.cert, admin)),
    controllerManager: await as("system:kube-controller-manager"),
    scheduler: await as("system:kube-scheduler"),
    authorityCert: write("ca.crt", authority.cert),
    servingCert: write("apiserver.crt", serving.cert),
    servingKey: write("apiserver.key", serving.key),
    tokenKey: write("sa.key", tokens.privateKey),
    tokenPublicKey: write("sa.pub", tokens.publicKey),
  };
};

const etcdArgs = (folder: string): readonly string[] => [
  `--data-dir=${join(folder, "etcd")}`,
  `--listen-client-urls=${etcdUrl}`,
  `--advertise-client-urls=${etcdUrl}`,
  "--listen-peer-urls=http://127.0.0.1:2380",
  "--unsafe-no-fsync=true",
  "--log-level=warn",
];

const apiServerArgs = (files: Files): readonly string[] => [
  `--etcd-servers=${etcdUrl}`,
  `--cert-dir=${files.folder}`,
  `--secure-port=${apiServerPort}`,
  "--bind-address=0.0.0.0",
  `--advertise-address=${apiServerAddress}`,
  `--service-cluster-ip-range=${serviceRange}`,
  "--allow-privileged=true",
  "--authorization-mode=Node,RBAC",
  "--enable-admission-plugins=NodeRestriction",
  "--service-account-issuer=https://kubernetes.default.svc",
  `--service-account-key-file=${files.tokenPublicKey}`,
  `--service-account-signing-key-file=${files.tokenKey}`,
  `--client-ca-file=${files.authorityCert}`,
  `--tls-cert-file=${files.servingCert}`,
  `--tls-private-key-file=${files.servingKey}`,
  // There is no kube-proxy: webhooks are reached at their EndpointSlices' addresses.
  "--enable-aggregator-routing=true",
  // Tests make requests by the thousand, from one process.
  "--max-requests-inflight=2000",
  "--max-mutating-requests-inflight=1000",
];

const controllerManagerArgs = (files: Files): readonly string[] => [
  `--kubeconfig=${files.controllerManager}`,
  "--use-service-account-credentials=true",
  `--service-account-private-key-file=${files.tokenKey}`,
  `--root-ca-file=${files.authorityCert}`,
  `--cluster-cidr=${podRange},${podRange6}`,
  "--allocate-node-cidrs=true",
  "--leader-elect=false",
  `--cert-dir=${files.folder}`,
  "--kube-api-qps=200",
  "--kube-api-burst=400",
];

const schedulerArgs = (files: Files): readonly string[] => [
  `--kubeconfig=${files.scheduler}`,
  "--leader-elect=false",
  `--cert-dir=${files.folder}`,
  "--kube-api-qps=200",
  "--kube-api-burst=400",
];

const kwokArgs = (files: Files, stages: string): readonly string[] => [
  `--kubeconfig=${files.kubeconfig}`,
  "--manage-all-nodes=false",
  "--manage-nodes-with-label-selector=type=kwok",
  `--config=${stages}`,
  `--node-ip=${apiServerAddress}`,
  "--node-lease-duration-seconds=40",
];

const need = (programs: Programs, name: ProgramName): string => {
  const path = programs[name];
  if (path === undefined)
    throw new Error(`${name} is not there; run \`node test/setup.mjs cluster\`, which makes it ready.`);
  return path;
};

const serves = async (what: string, url: string, client?: KeyPair, ca?: string): Promise<void> => {
  const connect = client
    ? { cert: client.cert, key: client.key, ...(ca ? { ca } : {}) }
    : { rejectUnauthorized: false };
  const dispatcher = new Agent({ connect });
  await answers(async () => (await fetch(url, { dispatcher })).ok, 90_000, what);
  await dispatcher.destroy();
};
