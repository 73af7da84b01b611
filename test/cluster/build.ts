import { execFile } from "node:child_process";
import { readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Family } from "./catalog.ts";
import type { Release } from "./versions.ts";
import { moduleOf, tools } from "./versions.ts";

const modules = join(import.meta.dirname, "..", "control-plane");
const small = ["-trimpath", "-ldflags", "-s -w"];

/** The version of Go on the PATH of `env` ("go1.26.8"), or undefined without one. */
export const goVersion = async (env: NodeJS.ProcessEnv): Promise<string | undefined> =>
  promisify(execFile)("go", ["env", "GOVERSION"], { env }).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );

/** Builds a family from Go modules into `folder`, verified by Go's checksum database; rejects with the compiler's last lines. */
export const build = async (family: Family, release: Release, folder: string): Promise<void> => {
  switch (family) {
    case "kubernetes":
      return go(
        ["build", "-trimpath", "-ldflags", stamped(release.kubernetes), "-o", `${folder}/`, "tool"],
        folder,
        moduleOf("k8s", release.kubernetes),
      );
    case "etcd":
      return go(
        ["build", ...small, "-o", join(folder, "etcd"), "go.etcd.io/etcd/server/v3"],
        folder,
        moduleOf("etcd", release.etcd),
      );
    case "kwok":
      await go(["install", ...small, `sigs.k8s.io/kwok/cmd/kwok@v${tools.kwok}`], folder);
      return stages(folder);
    case "helm":
      return go(["install", ...small, `helm.sh/helm/v4/cmd/helm@v${tools.helm}`], folder);
    case "kube-router":
      return go(
        [
          "build",
          ...small,
          "-o",
          join(folder, "kube-router"),
          "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router",
        ],
        folder,
        "kube-router",
      );
    case "helm3":
      await go(["install", "-trimpath", "-ldflags", helm3Stamp, `helm.sh/helm/v3/cmd/helm@v${tools.helm3}`], folder);
      return renameSync(join(folder, "helm"), join(folder, "helm3"));
    case "prometheus":
      return go(["build", ...prometheusFlags, "-o", `${folder}/`, "tool"], folder, "prometheus");
    default:
      return family satisfies never;
  }
};

// Without a stamp `helm template` and `helm lint` of Helm 3 speak for Kubernetes 1.20. The release files say the minor of
// the client-go they are made with: 1.37.
const helm3Stamp = [
  "-s -w",
  `-X helm.sh/helm/v3/internal/version.version=v${tools.helm3}`,
  "-X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=37",
  "-X helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor=37",
].join(" ");

// Most of Prometheus is clients of clouds, for service discovery: three of them are enough. It says no version of its own accord.
const prometheusFlags = [
  "-trimpath",
  "-tags=remove_all_sd,enable_kubernetes_sd",
  "-ldflags",
  `-s -w -X github.com/prometheus/common/version.Version=${tools.prometheus}`,
];

// Without a version Helm's kubeVersion checks fail against our API server.
const stamped = (version: string): string => {
  const [major, minor] = version.split(".");
  const values = [
    `gitVersion=v${version}`,
    `gitMajor=${major}`,
    `gitMinor=${minor}`,
    "gitTreeState=clean",
    "gitCommit=module",
    "buildDate=2026-01-01T00:00:00Z",
  ];
  const packages = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"];
  return ["-s", "-w", ...packages.flatMap((path) => values.map((value) => `-X ${path}.${value}`))].join(" ");
};

const go = async (args: readonly string[], bin: string, module?: string): Promise<void> => {
  const options = {
    cwd: module === undefined ? bin : join(modules, module),
    env: { ...process.env, CGO_ENABLED: "0", GOBIN: bin, GOFLAGS: "-mod=readonly -buildvcs=false", GOWORK: "off" },
    maxBuffer: 64 << 20,
  };
  await promisify(execFile)("go", [...args], options).catch(
    (problem: { readonly stderr?: string; readonly message: string }) => {
      const last = (problem.stderr || problem.message).trim().split("\n").slice(-8).join("\n");
      throw new Error(`go ${args[0]} of ${args.at(-1)} failed:\n${last}`);
    },
  );
};

// KWOK exits with "no stages found" unless it is given what turns nodes Ready and pods Running.
const stages = async (folder: string): Promise<void> => {
  const { stdout } = await promisify(execFile)("go", ["mod", "download", "-json", `sigs.k8s.io/kwok@v${tools.kwok}`], {
    cwd: folder,
  });
  const { Dir } = JSON.parse(stdout) as { Dir: string };
  const documents = ["node/fast", "node/heartbeat-with-lease", "pod/fast"]
    .map((part) => join(Dir, "kustomize", "stage", part))
    .flatMap((path) =>
      readdirSync(path)
        .filter((name) => name.endsWith(".yaml") && name !== "kustomization.yaml")
        .map((name) => join(path, name)),
    )
    .map((file) => readFileSync(file, "utf8"));
  writeFileSync(join(folder, "kwok-stages.yaml"), documents.join("\n---\n"));
};
