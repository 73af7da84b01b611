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

/** One release file and where its publisher states the checksum: a program, or a .tar.gz with some. */
export type Source = {
  readonly url: string;
  readonly checksum: { readonly url: string; readonly format: ChecksumFormat };
  readonly holds: readonly Held[];
};

/** A program in a release file; `member` is its path inside when the file is an archive. */
export type Held = { readonly program: ProgramName; readonly member?: string };

/** The official files of a family at an exact version. KWOK publishes no checksum file, so GitHub's own record of the upload is used. */
export const sourcesOf = (family: Family, version: string, arch: string, at: Bases): readonly Source[] => {
  switch (family) {
    case "kubernetes":
      return (["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl"] as const).map((program) => {
        const url = `${at.kubernetes}/v${version}/bin/linux/${arch}/${program}`;
        return { url, checksum: { url: `${url}.sha256`, format: "digest" }, holds: [{ program }] };
      });
    case "etcd": {
      const folder = `${at.github}/etcd-io/etcd/releases/download/v${version}`;
      const stem = `etcd-v${version}-linux-${arch}`;
      return [
        {
          url: `${folder}/${stem}.tar.gz`,
          checksum: { url: `${folder}/SHA256SUMS`, format: "lines" },
          holds: [{ program: "etcd", member: `${stem}/etcd` }],
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
        { url: `${folder}/kwok-linux-${arch}`, checksum, holds: [{ program: "kwok" }] },
        { url: `${folder}/stage-fast.yaml`, checksum, holds: [{ program: "kwok-stages.yaml" }] },
      ];
    }
    case "helm":
    case "helm3": {
      const url = `${at.helm}/helm-v${version}-linux-${arch}.tar.gz`;
      return [
        {
          url,
          checksum: { url: `${url}.sha256sum`, format: "lines" },
          holds: [{ program: family, member: `linux-${arch}/helm` }],
        },
      ];
    }
    case "kube-router": {
      const folder = `${at.github}/cloudnativelabs/kube-router/releases/download/v${version}`;
      return [
        {
          url: `${folder}/kube-router_${version}_linux_${arch}.tar.gz`,
          checksum: { url: `${folder}/kube-router_${version}_checksums.txt`, format: "lines" },
          holds: [{ program: "kube-router", member: "kube-router" }],
        },
      ];
    }
    case "prometheus": {
      const folder = `${at.github}/prometheus/prometheus/releases/download/v${version}`;
      const stem = `prometheus-${version}.linux-${arch}`;
      return [
        {
          url: `${folder}/${stem}.tar.gz`,
          checksum: { url: `${folder}/sha256sums.txt`, format: "lines" },
          holds: (["prometheus", "promtool"] as const).map((program) => ({ program, member: `${stem}/${program}` })),
        },
      ];
    }
    default:
      return family satisfies never;
  }
};
