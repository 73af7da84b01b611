import { createServer } from "node:https";
import { authority, leaf } from "../unit/admission/reviews.ts";

// The least that pins a pod on Node: no framework, nothing read of a review but its uid, and one patch for all.

const [, , operations = "[]"] = process.argv;
const patch = Buffer.from(operations).toString("base64");
const server = createServer({ cert: leaf.cert, key: leaf.key, keepAliveTimeout: 100_000 }, (request, response) => {
  let body = "";
  request.setEncoding("latin1");
  request.on("data", (chunk: string) => (body += chunk));
  request.on("end", () => {
    const [, uid = ""] = /"uid":"([^"]+)"/.exec(body) ?? [];
    const answer = `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"${uid}","allowed":true,"patchType":"JSONPatch","patch":"${patch}"}}`;
    response.writeHead(200, { "content-type": "application/json", "content-length": answer.length });
    response.end(answer);
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.send?.({ webhooks: typeof address === "object" && address !== null ? address.port : 0, ca: authority.cert });
});
process.on("disconnect", () => process.exit(0));
