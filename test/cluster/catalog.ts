import type { Release } from "./versions.ts";
import { tools } from "./versions.ts";

/** What is fetched or built in one go. */
export type Family = "kubernetes" | "etcd" | "kwok" | "helm" | "kube-router";

/** A file the harness needs: its name in the cache, and how an executable found elsewhere tells its version. */
export type Program = {
  readonly name: ProgramName;
  readonly family: Family;
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
  | "kube-router";

const version = { args: ["--version"], says: /v?(\d+\.\d+\.\d+)/ };

/** Every file, in the order in which they are made ready. */
export const catalog: readonly Program[] = [
  { name: "etcd", family: "etcd", asks: version },
  { name: "kwok", family: "kwok", asks: version },
  { name: "kwok-stages.yaml", family: "kwok" },
  { name: "helm", family: "helm", asks: { args: ["version", "--short"], says: version.says } },
  { name: "kube-router", family: "kube-router", asks: version },
  { name: "kube-apiserver", family: "kubernetes", asks: version },
  { name: "kube-controller-manager", family: "kubernetes", asks: version },
  { name: "kube-scheduler", family: "kubernetes", asks: version },
  { name: "kubectl", family: "kubernetes", asks: { args: ["version", "--client"], says: version.says } },
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
};
