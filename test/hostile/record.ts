import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import { must } from "../cluster/client.ts";
import { connect } from "../cluster/cluster.ts";
import { field, ref, type KubeObject } from "../cluster/objects.ts";
import { deploymentOf, namespaceOf, podOf } from "../e2e/resources.ts";
import { authority, leaf } from "../unit/admission/reviews.ts";

// Writes test/golden/reviews anew: what a real API server asks about. Run it by
// `node test/setup.mjs run -- node_modules/.bin/node test/hostile/record.ts`, and look at the difference.

const folder = join(import.meta.dirname, "..", "golden", "reviews");
const namespace = "payments";
const cluster = await connect();
const seen = new Map<string, unknown>();

const server = createServer({ cert: leaf.cert, key: leaf.key }, async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const review = JSON.parse(Buffer.concat(chunks).toString()) as KubeObject;
  const at = (path: string): string => String(field(review, `request.${path}`) ?? "");
  const name = [at("kind.kind"), at("subResource"), at("operation"), at("userInfo.username").split(":").pop()];
  const file = name
    .filter((part) => part !== "")
    .join("-")
    .toLowerCase();
  // What controllers write about workloads is nobody's question to us.
  if (!seen.has(file) && !/^(event|controllerrevision)-/.test(file)) seen.set(file, review);
  const answer = {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    response: { uid: at("uid"), allowed: true },
  };
  response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
});
await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening));
const address = server.address();
const port = typeof address === "object" && address !== null ? address.port : 0;

await must(cluster.admin.create(namespaceOf(namespace, { recorded: "yes" })));
await must(
  cluster.admin.create({
    ...ref("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "recorder"),
    webhooks: [
      {
        name: "recorder.domicile.test",
        clientConfig: { url: `https://localhost:${port}/`, caBundle: Buffer.from(authority.cert).toString("base64") },
        rules: [{ apiGroups: ["", "apps", "batch"], apiVersions: ["*"], resources: ["*/*"], operations: ["*"] }],
        namespaceSelector: { matchLabels: { recorded: "yes" } },
        admissionReviewVersions: ["v1"],
        sideEffects: "None",
        failurePolicy: "Ignore",
      },
    ],
  } as KubeObject),
);
// The configuration holds when the API server has asked for the first time.
while (seen.size === 0) await must(cluster.admin.create(podOf("probe", namespace), { dryRun: true }));

const template = {
  metadata: { labels: { app: "x" } },
  spec: { containers: [{ name: "main", image: "example/app" }], restartPolicy: "Never" },
};
const create = (object: object): Promise<KubeObject> => must(cluster.admin.create(object as KubeObject));
await create(
  podOf("api", namespace, { priorityClassName: "system-cluster-critical", volumes: [{ name: "v", emptyDir: {} }] }),
);
await must(cluster.admin.patch(ref("v1", "Pod", "api", namespace), { metadata: { labels: { changed: "yes" } } }));
const debug = { spec: { ephemeralContainers: [{ name: "debug", image: "example/debug" }] } };
await must(
  cluster.admin.send({
    method: "PATCH",
    path: `/api/v1/namespaces/${namespace}/pods/api/ephemeralcontainers`,
    body: debug,
    contentType: "application/strategic-merge-patch+json",
  }),
);
await create(deploymentOf("web", namespace, 1));
await cluster.admin.until<KubeObject>(
  ref("apps/v1", "Deployment", "web", namespace),
  (now) => field(now, "status.replicas") === 1,
  { describe: "the Deployment has a pod" },
);
await must(cluster.admin.patch(ref("apps/v1", "Deployment", "web", namespace), { spec: { replicas: 0 } }));
await create({
  ...ref("batch/v1", "CronJob", "nightly", namespace),
  spec: { schedule: "0 3 * * *", jobTemplate: { spec: { template } } },
});
await create({ ...ref("batch/v1", "Job", "once", namespace), spec: { template } });
const apps = (kind: string, name: string, more: object = {}): object => ({
  ...ref("apps/v1", kind, name, namespace),
  spec: {
    selector: { matchLabels: { app: "x" } },
    template: { ...template, spec: { containers: template.spec.containers } },
    ...more,
  },
});
await create(apps("StatefulSet", "store", { serviceName: "store" }));
await create(apps("DaemonSet", "agent"));
await create(apps("ReplicaSet", "bare"));
await must(cluster.admin.delete(ref("v1", "Pod", "api", namespace)));

mkdirSync(folder, { recursive: true });
for (const [name, review] of seen)
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(review, undefined, 2)}\n`);
process.stdout.write(`${[...seen.keys()].join("\n")}\n`);
await must(cluster.admin.delete(ref("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "recorder")));
server.closeAllConnections();
server.close();
await cluster.close();
