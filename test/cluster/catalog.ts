import type { Release } from "./versions.ts";
import { tools } from "./versions.ts";

/** What is fetched or built in one go. */
export type Family = "kubernetes" | "etcd" | "kwok" | "helm" | "kube-router" | "helm3" | "prometheus";

/** What programs are for: a cluster with Domicile in it, network policies met by packets, tests of what works with others' programs. */
export type Purpose = "cluster" | "packets" | "tests";

/** A file the harness needs: its name in the cache, and how an executable found elsewhere tells its version. */
export type Program = {
  readonly name: ProgramName;
  readonly family: Family;
  readonly purpose: Purpose;
  readonly asks?: { readonly args: readonly string[]; readonly says: RegExp };
};

export type ProgramName =
  | "etcd"
  | "kube-apiserver"
  | "kube-controller-manager"
  | "kube-scheduler"
  | "kubectl"
  | "kwok"
  | "kwok-stages.yaml"
  | "helm"
  | "kube-router"
  | "helm3"
  | "prometheus"
  | "promtool";

const version = { args: ["--version"], says: /v?(\d+\.\d+\.\d+)/ };
const helmVersion = { args: ["version", "--short"], says: version.says };

/** Every file, in the order in which they are made ready. */
export const catalog: readonly Program[] = [
  { name: "etcd", family: "etcd", purpose: "cluster", asks: version },
  { name: "kwok", family: "kwok", purpose: "cluster", asks: version },
  { name: "kwok-stages.yaml", family: "kwok", purpose: "cluster" },
  { name: "helm", family: "helm", purpose: "cluster", asks: helmVersion },
  { name: "kube-router", family: "kube-router", purpose: "packets", asks: version },
  { name: "kube-apiserver", family: "kubernetes", purpose: "cluster", asks: version },
  { name: "kube-controller-manager", family: "kubernetes", purpose: "cluster", asks: version },
  { name: "kube-scheduler", family: "kubernetes", purpose: "cluster", asks: version },
  {
    name: "kubectl",
    family: "kubernetes",
    purpose: "cluster",
    asks: { args: ["version", "--client"], says: version.says },
  },
  { name: "helm3", family: "helm3", purpose: "tests", asks: helmVersion },
  { name: "prometheus", family: "prometheus", purpose: "tests", asks: version },
  { name: "promtool", family: "prometheus", purpose: "tests", asks: version },
];

/** The exact version of a family for one release, without the leading v. */
export const versionOf = (family: Family, release: Release): string =>
  family === "kubernetes" ? release.kubernetes : family === "etcd" ? release.etcd : tools[family];

/** How long a cold build of a family takes on two cores, for messages. */
export const usualBuildTime: Readonly<Record<Family, string>> = {
  kubernetes: "about 8 minutes",
  etcd: "about a minute",
  kwok: "about 2 minutes",
  helm: "about 3 minutes",
  "kube-router": "about 3 minutes",
  helm3: "about 2 minutes",
  prometheus: "about 3 minutes",
};
