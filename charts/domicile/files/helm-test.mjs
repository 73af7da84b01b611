// Run by `helm test` in a pod of its own. It asks the API server for a namespace label that Domicile has to refuse, as a
// dry run. The refusal shows that the webhooks are registered, that the API server reaches a replica and trusts its
// certificate, and that the replica has read the cluster; without webhooks, that the native policy for namespaces stands.
import { readFileSync } from "node:fs";
import { request } from "node:https";

const account = "/var/run/secrets/kubernetes.io/serviceaccount";
const namespace = process.env.TEST_NAMESPACE;
const denied =
  process.env.TEST_WEBHOOKS === "false"
    ? /'domicile-membership' .*denied request/
    : /admission webhook "[^"]*domicile\.dev" denied/;
const label = { metadata: { labels: { "domicile.dev/zone": "domicile-test" } } };
const asked = request({
  method: "PATCH",
  host: process.env.KUBERNETES_SERVICE_HOST,
  port: process.env.KUBERNETES_SERVICE_PORT,
  path: `/api/v1/namespaces/${namespace}?dryRun=All`,
  ca: readFileSync(`${account}/ca.crt`),
  headers: {
    authorization: `Bearer ${readFileSync(`${account}/token`, "utf8")}`,
    "content-type": "application/merge-patch+json",
  },
  signal: AbortSignal.timeout(30_000),
});
asked.end(JSON.stringify(label));
asked.on("error", (error) => fail(`The API server was not reached: ${error.message}.`));
asked.on("response", async (answer) => {
  let text = "";
  for await (const part of answer.setEncoding("utf8")) text += part;
  const { message = text } = JSON.parse(text);
  if (answer.statusCode === 200)
    fail("A label that Domicile refuses was let in: nothing is registered. See /readyz of its pods.");
  else if (answer.statusCode === 403 && denied.test(message))
    console.log(`Domicile answers the API server. It said: ${message}`);
  else fail(`Domicile did not answer the API server, which said: ${message}`);
});

function fail(sentence) {
  console.error(sentence);
  process.exitCode = 1;
}
