/** The API server's address inside a session: not loopback, which it refuses to advertise. */
export const apiServerAddress = "10.250.0.1";
export const apiServerPort = 6443;
export const apiServerUrl = `https://${apiServerAddress}:${apiServerPort}`;

/** Pods of all nodes; KWOK's answer on the session's own loopback, the harness's are routed one by one. */
export const podRange = "10.244.0.0/16";
/** As many nodes as the other has; only nodes with a network of their own give their pods addresses of it. */
export const podRange6 = "fd00:10:244::/56";
export const serviceRange = "10.0.0.0/24";
/** The ClusterIP of the Service kube-dns. */
export const clusterDnsAddress = "10.0.0.10";

export const etcdUrl = "http://127.0.0.1:2379";
