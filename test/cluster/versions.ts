/** One Kubernetes minor the tests can run on: exact versions and the folders below test/control-plane that build them. */
export type Release = {
  readonly kubernetes: string;
  readonly etcd: string;
  readonly modules: { readonly kubernetes: string; readonly etcd: string };
};

/** Kubernetes minor → what to run. A second minor is one more row (and a folder with its go.mod and go.sum). */
const releases: Readonly<Record<string, Release>> = {
  "1.36": { kubernetes: "1.36.3", etcd: "3.6.14", modules: { kubernetes: "k8s", etcd: "etcd" } },
};

const newest = "1.36";

/** Programs that do not follow the Kubernetes minor: exact versions. */
export const tools = { kwok: "0.8.0", helm: "4.3.1", "kube-router": "2.10.0" } as const;

/** The release named by DOMICILE_KUBERNETES ("1.36"), the newest when it is unset; throws a sentence for a minor without a row. */
export const chosenRelease = (env: NodeJS.ProcessEnv): Release => {
  const wanted = env["DOMICILE_KUBERNETES"] ?? newest;
  const release = releases[wanted];
  if (release) return release;
  throw new Error(
    `DOMICILE_KUBERNETES=${wanted} has no row in test/cluster/versions.ts; rows: ${Object.keys(releases).join(", ")}.`,
  );
};
