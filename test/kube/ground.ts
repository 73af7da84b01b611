import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "../cluster/cluster.ts";
import { connect as connectCluster } from "../cluster/cluster.ts";
import { loadCredentials } from "../../src/kube/credentials.ts";
import { create } from "../../src/kube/objects.ts";
import { resources } from "../../src/kube/resources.ts";
import type { ReadStore } from "../../src/kube/store.ts";
import { connect } from "../../src/kube/transport.ts";
import type { Transport } from "../../src/kube/transport.ts";

/** The cluster with the administrator's way to it through our own transport. */
export type Ground = {
  readonly cluster: Cluster;
  readonly transport: Transport;
  /** Another transport, to a server address of its own (a proxy or a relay in between). */
  readonly via: (url: string, options?: Parameters<typeof connect>[1]) => Transport;
  /** A namespace nobody else uses. */
  readonly namespace: () => Promise<string>;
  readonly close: () => Promise<void>;
};

export const openGround = async (): Promise<Ground> => {
  const cluster = await connectCluster();
  const open: Transport[] = [];
  const keep = (kubeconfig: string, options?: Parameters<typeof connect>[1]): Transport => {
    const transport = connect(loadCredentials({ kubeconfig }), options);
    open.push(transport);
    return transport;
  };
  const transport = keep(cluster.session.kubeconfig);
  return {
    cluster,
    transport,
    via: (url, options) => keep(kubeconfigTo(cluster, url), options),
    namespace: async () => {
      const name = `kube-room-${randomUUID().slice(0, 8)}`;
      await create(transport, resources.namespaces, { metadata: { name } });
      return name;
    },
    close: async () => {
      await Promise.all(open.map((one) => one.close()));
      await cluster.close();
    },
  };
};

/** A kubeconfig file like the administrator's, to the server at `url`. */
export const kubeconfigTo = ({ session }: Cluster, url: string): string => {
  const config = JSON.parse(readFileSync(session.kubeconfig, "utf8"));
  config.clusters[0].cluster.server = url;
  const file = join(session.folder, `${randomUUID()}.kubeconfig`);
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return file;
};

/** Resolves as soon as the store's view satisfies `holds`: asked at once and after every change. */
export const until = <T>(store: ReadStore<T>, holds: (view: ReadonlyMap<string, T>) => boolean): Promise<void> =>
  new Promise((resolve) => {
    const end = store.subscribe(() => check());
    const check = (): void => {
      if (!holds(store.view)) return;
      end();
      resolve();
    };
    check();
  });
