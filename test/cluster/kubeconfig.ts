import type { KeyPair } from "./pki.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** A kubeconfig (JSON is YAML) for one server and one client certificate, everything inline. */
export const kubeconfig = (server: string, ca: string, client: KeyPair): string =>
  JSON.stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "domicile-test",
      clusters: [{ name: "domicile-test", cluster: { server, "certificate-authority-data": base64(ca) } }],
      users: [
        {
          name: "domicile-test",
          user: { "client-certificate-data": base64(client.cert), "client-key-data": base64(client.key) },
        },
      ],
      contexts: [{ name: "domicile-test", context: { cluster: "domicile-test", user: "domicile-test" } }],
    },
    undefined,
    2,
  );
