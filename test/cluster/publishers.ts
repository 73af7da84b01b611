import type { Family, ProgramName } from "./catalog.ts";

/** Where the official release files live; data, so that a test can point them at a server of its own. */
export type Bases = {
  readonly kubernetes: string;
  readonly helm: string;
  readonly github: string;
  readonly githubApi: string;
};

export const officialBases: Bases = {
  kubernetes: "https://dl.k8s.io/release",
  helm: "https://get.helm.sh",
  github: "https://github.com",
  githubApi: "https://api.github.com/repos",
};

/** How a publisher states a file's SHA-256: the digest alone, lines of "digest  file", or GitHub's release document. */
export type ChecksumFormat = "digest" | "lines" | "githubRelease";

/** One release file and where its publisher states the checksum. */
export type Source = {
  readonly program: ProgramName;
  readonly url: string;
  readonly checksum: { readonly url: string; readonly format: ChecksumFormat };
  /** Path inside the .tar.gz when the file is an archive. */
  readonly member?: string;
};

/** The official files of a family at an exact version. KWOK publishes no checksum file, so GitHub's own record of the upload is used. */
export const sourcesOf = (family: Family, version: string, arch: string, at: Bases): readonly Source[] => {
  switch (family) {
    case "kubernetes":
      return (["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl"] as const).map((program) => {
        const url = `${at.kubernetes}/v${version}/bin/linux/${arch}/${program}`;
        return { program, url, checksum: { url: `${url}.sha256`, format: "digest" } };
      });
    case "etcd": {
      const folder = `${at.github}/etcd-io/etcd/releases/download/v${version}`;
      const stem = `etcd-v${version}-linux-${arch}`;
      return [
        {
          program: "etcd",
          url: `${folder}/${stem}.tar.gz`,
          checksum: { url: `${folder}/SHA256SUMS`, format: "lines" },
          member: `${stem}/etcd`,
        },
      ];
    }
    case "kwok": {
      const folder = `${at.github}/kubernetes-sigs/kwok/releases/download/v${version}`;
      const checksum = {
        url: `${at.githubApi}/kubernetes-sigs/kwok/releases/tags/v${version}`,
        format: "githubRelease",
      } as const;
      return [
        { program: "kwok", url: `${folder}/kwok-linux-${arch}`, checksum },
        { program: "kwok-stages.yaml", url: `${folder}/stage-fast.yaml`, checksum },
      ];
    }
    case "helm": {
      const url = `${at.helm}/helm-v${version}-linux-${arch}.tar.gz`;
      return [
        { program: "helm", url, checksum: { url: `${url}.sha256sum`, format: "lines" }, member: `linux-${arch}/helm` },
      ];
    }
    case "kube-router": {
      const folder = `${at.github}/cloudnativelabs/kube-router/releases/download/v${version}`;
      return [
        {
          program: "kube-router",
          url: `${folder}/kube-router_${version}_linux_${arch}.tar.gz`,
          checksum: { url: `${folder}/kube-router_${version}_checksums.txt`, format: "lines" },
          member: "kube-router",
        },
      ];
    }
    default:
      return family satisfies never;
  }
};
