import { readFileSync } from "node:fs";
import { createServer } from "node:https";

// What a test runs as a container: an HTTPS server that says what it was given, and a webhook that labels what it sees.
const folder = process.env["CERTIFICATES"] ?? "";
const account = "/var/run/secrets/kubernetes.io/serviceaccount";
const server = createServer(
  { cert: readFileSync(`${folder}/tls.crt`), key: readFileSync(`${folder}/tls.key`) },
  (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (request.url?.startsWith("/mutate")) {
        const review = JSON.parse(Buffer.concat(chunks).toString()) as { readonly request: { readonly uid: string } };
        const patch = Buffer.from(
          JSON.stringify([{ op: "add", path: "/data", value: { seen: process.env["POD_NAME"] } }]),
        ).toString("base64");
        const answer = { uid: review.request.uid, allowed: true, patchType: "JSONPatch", patch };
        response.end(JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response: answer }));
      } else if (request.url === "/given") {
        const { POD_NAME, POD_IP, SECRET_WORD, KUBERNETES_SERVICE_HOST } = process.env;
        const [token, namespace] = [
          readFileSync(`${account}/token`, "utf8"),
          readFileSync(`${account}/namespace`, "utf8"),
        ];
        response.end(
          JSON.stringify({
            args: process.argv.slice(2),
            POD_NAME,
            POD_IP,
            SECRET_WORD,
            KUBERNETES_SERVICE_HOST,
            token,
            namespace,
          }),
        );
      } else {
        response.end("ok");
      }
    });
  },
);
server.listen(8443, "0.0.0.0", () => console.log("listening"));
process.on("SIGTERM", () => {
  console.log("asked to end");
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
