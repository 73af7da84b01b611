import { must } from "../cluster/client.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Kubelet } from "../cluster/kubelet.ts";
import { inNamespace } from "../cluster/network.ts";
import { field, ref } from "../cluster/objects.ts";
import { output } from "../cluster/spawned.ts";

/** An address and a port. */
export type Endpoint = { readonly address: string; readonly port: number };

/** Does in a node's kernel what a kube-proxy would for a Service with one backend: packets are sent on before an enforcer sees them. */
export const proxy = async (node: Kubelet, service: Endpoint, backend: Endpoint): Promise<void> => {
  const rule = `-t nat -A PREROUTING -d ${service.address} -p tcp --dport ${service.port} -j DNAT --to-destination ${backend.address}:${backend.port}`;
  const [program = "false", ...args] = [...inNamespace(node.network ?? ""), "iptables", ...rule.split(" ")];
  const { code, stderr } = await output(program, args);
  if (code !== 0) throw new Error(`iptables ${rule}: ${stderr}`);
};

/** A Service without selector and its backend, which a node proxies; gives the address at which it answers. */
export const addService = async (
  cluster: Cluster,
  node: Kubelet,
  { name, namespace, backend }: { readonly name: string; readonly namespace: string; readonly backend: Endpoint },
): Promise<Endpoint> => {
  const { admin } = cluster;
  const ports = [{ name: "https", port: 443, protocol: "TCP" }];
  const service = await must(admin.create({ ...ref("v1", "Service", name, namespace), spec: { ports } }));
  await must(
    admin.create({
      ...ref("discovery.k8s.io/v1", "EndpointSlice", name, namespace),
      metadata: { name, namespace, labels: { "kubernetes.io/service-name": name } },
      addressType: "IPv4",
      endpoints: [{ addresses: [backend.address] }],
      ports: [{ name: "https", port: backend.port, protocol: "TCP" }],
    }),
  );
  const endpoint = { address: String(field(service, "spec.clusterIP")), port: 443 };
  await proxy(node, endpoint, backend);
  return endpoint;
};

/** Proxies the API server's own Service, and gives its address. */
export const proxyApiServer = async (cluster: Cluster, node: Kubelet, backend: Endpoint): Promise<Endpoint> => {
  const service = await must(cluster.admin.get(ref("v1", "Service", "kubernetes", "default")));
  const endpoint = { address: String(field(service, "spec.clusterIP")), port: 443 };
  await proxy(node, endpoint, backend);
  return endpoint;
};
