import { once } from "node:events";
import { createServer } from "node:https";
import type { KeyPair } from "./pki.ts";
import { servingCertificate } from "./pki.ts";

/** The port on which API servers look for a node's kubelet unless the node says otherwise. */
export const kubeletPort = 10_250;

/** Serves what `kubectl logs` asks a kubelet for; answers with 404 whatever else. `read` gives undefined for a pod that is not here. */
export const serveLogs = async (
  authority: KeyPair,
  address: string,
  read: (namespace: string, pod: string) => string | undefined,
): Promise<{ close(): void }> => {
  const server = createServer(await servingCertificate(authority, [], [address]), (request, response) => {
    const [, verb, namespace = "", pod = ""] = new URL(request.url ?? "/", "https://kubelet").pathname.split("/");
    const text = verb === "containerLogs" ? read(namespace, pod) : undefined;
    response.writeHead(text === undefined ? 404 : 200, { "content-type": "text/plain" });
    response.end(text ?? "the harness kubelet serves logs, nothing else\n");
  });
  await once(server.listen(kubeletPort, address), "listening");
  return {
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
};
