/** One Kubernetes minor the tests can run on: exact versions. */
export type Release = { readonly kubernetes: string; readonly etcd: string };

/**
 * Kubernetes minor → what to run. One more minor is one more row, and below test/control-plane a folder `k8s-MINOR` and
 * `etcd-MINOR` with the go.mod and go.sum that build it.
 */
export const releases: Readonly<Record<string, Release>> = {
  "1.34": { kubernetes: "1.34.4", etcd: "3.6.14" },
  "1.36": { kubernetes: "1.36.3", etcd: "3.6.14" },
  "1.37": { kubernetes: "1.37.2", etcd: "3.7.3" },
};

/** What runs when nothing else is asked for, and what the tests and their numbers were written on. */
const usual = "1.36";

/** Programs that do not follow the Kubernetes minor: exact versions. */
export const tools = {
  kwok: "0.8.0",
  helm: "4.3.1",
  "kube-router": "2.10.0",
  helm3: "3.22.0",
  prometheus: "3.16.0",
} as const;

/** The folder below test/control-plane that builds a version: the one of its minor. */
export const moduleOf = (name: "k8s" | "etcd", version: string): string =>
  `${name}-${version.split(".").slice(0, 2).join(".")}`;

/** The release named by DOMICILE_KUBERNETES ("1.34"), the usual one when it is unset; throws a sentence for a minor without a row. */
export const chosenRelease = (env: NodeJS.ProcessEnv): Release => {
  const wanted = env["DOMICILE_KUBERNETES"] ?? usual;
  const release = releases[wanted];
  if (release) return release;
  throw new Error(
    `the tests do not run on Kubernetes "${wanted}": say --kubernetes ${Object.keys(releases).join(" or ")}, or add a row to test/cluster/versions.ts.`,
  );
};
