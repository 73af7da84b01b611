import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { request } from "undici";
import { stringify } from "yaml";
import type { Cluster } from "../cluster/cluster.ts";
import { field, type KubeObject } from "../cluster/objects.ts";

/** A sample of a vector that a query gave. */
export type Sample = { readonly metric: Readonly<Record<string, string>>; readonly value: readonly [number, string] };

/** A real Prometheus that scrapes what a ServiceMonitor selects. */
export type Prometheus = {
  /** Resolves when each of so many targets has been scraped so often that `scrapes` samples of it are stored. */
  readonly untilScraped: (targets: number, scrapes: number) => Promise<void>;
  /** An instant query; throws what Prometheus says of one that it cannot read. */
  readonly query: (expr: string) => Promise<readonly Sample[]>;
  readonly labelValues: (label: string, match: string) => Promise<readonly string[]>;
  readonly stop: () => Promise<void>;
};

const listen = "127.0.0.1:9090";

/** Starts it in the session's network, with every alert of `rules`; resolves when it has loaded them. */
export const startPrometheus = async (cluster: Cluster, monitor: KubeObject, rules: string): Promise<Prometheus> => {
  const folder = await mkdtemp(join(cluster.session.folder, "prometheus-"));
  const scrapes = new Scrapes();
  const proxy = scrapes.server.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { port } = proxy.address() as AddressInfo;
  const config = {
    global: { scrape_interval: "1s", evaluation_interval: "1s" },
    rule_files: [rules],
    scrape_configs: [{ ...scrapeConfig(monitor, cluster.session.kubeconfig), proxy_url: `http://127.0.0.1:${port}` }],
  };
  const file = join(folder, "prometheus.yaml");
  await writeFile(file, stringify(config));

  const flags = [`--config.file=${file}`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=${listen}`];
  const child = spawn(cluster.session.programs.prometheus ?? "prometheus", flags, {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(child, "exit");
  let said = "";
  const ready = new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.includes("Server is ready to receive web requests")) resolve();
    });
    void ended.then(([code]) => reject(new Error(`prometheus ended with ${code}: ${said.slice(-2_000)}`)));
  });
  await ready;

  const ask = async <T>(path: string): Promise<T> => {
    const answer = await request(`http://${listen}/api/v1/${path}`);
    const { data, error } = (await answer.body.json()) as { readonly data: T; readonly error?: string };
    if (error !== undefined) throw new Error(error);
    return data;
  };
  return {
    untilScraped: (targets, count) => scrapes.until(targets, count),
    query: async (expr) =>
      (await ask<{ readonly result: readonly Sample[] }>(`query?query=${encodeURIComponent(expr)}`)).result,
    labelValues: (label, match) => ask(`label/${label}/values?match[]=${encodeURIComponent(match)}`),
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
      proxy.close();
      await rm(folder, { recursive: true });
    },
  };
};

/** What the Prometheus Operator makes of a ServiceMonitor, as far as ours says anything. */
const scrapeConfig = (monitor: KubeObject, kubeconfig: string): object => {
  const meta = "__meta_kubernetes_";
  const named = (label: string): string => label.replaceAll(/[^a-zA-Z0-9_]/g, "_");
  const labels = field(monitor, "spec.selector.matchLabels") as Readonly<Record<string, string>>;
  const keep = (source: string, regex: string) => ({ source_labels: [`${meta}${source}`], regex, action: "keep" });
  const copy = (source: string, target: string) => ({ source_labels: [`${meta}${source}`], target_label: target });
  return {
    job_name: "serviceMonitor/domicile",
    metrics_path: field(monitor, "spec.endpoints.0.path"),
    scheme: field(monitor, "spec.endpoints.0.scheme"),
    kubernetes_sd_configs: [
      {
        role: "endpointslice",
        kubeconfig_file: kubeconfig,
        namespaces: { names: field(monitor, "spec.namespaceSelector.matchNames") },
      },
    ],
    relabel_configs: [
      ...Object.entries(labels).map(([label, value]) => keep(`service_label_${named(label)}`, value)),
      keep("endpointslice_port_name", String(field(monitor, "spec.endpoints.0.port"))),
      copy("namespace", "namespace"),
      copy("pod_name", "pod"),
      copy(`service_label_${named(String(field(monitor, "spec.jobLabel")))}`, "job"),
    ],
  };
};

/** A proxy between Prometheus and what it scrapes: a scrape that begins tells that those before it are stored. */
class Scrapes {
  readonly #begun = new Map<string, number>();
  readonly #waiting = new Set<() => void>();
  readonly server: Server = createServer((asked, reply) => {
    const url = asked.url ?? "";
    this.#begun.set(url, (this.#begun.get(url) ?? 0) + 1);
    for (const look of this.#waiting) look();
    void request(url).then(
      async ({ statusCode, headers, body }) =>
        reply.writeHead(statusCode, { "content-type": String(headers["content-type"]) }).end(await body.text()),
      () => reply.writeHead(502).end(),
    );
  });

  until(targets: number, count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (): void => {
      const often = [...this.#begun.values()].filter((begun) => begun > count);
      if (often.length < targets) return;
      this.#waiting.delete(look);
      resolve();
    };
    this.#waiting.add(look);
    look();
    return promise;
  }
}
