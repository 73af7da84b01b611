import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Cluster } from "../cluster/cluster.ts";
import { connect } from "../cluster/cluster.ts";
import { must } from "../cluster/client.ts";
import type { Kubelet } from "../cluster/kubelet.ts";
import { startKubelet } from "../cluster/kubelet.ts";
import type { KubeObject } from "../cluster/objects.ts";
import { condition, field, ref } from "../cluster/objects.ts";
import { servingCertificate } from "../cluster/pki.ts";

const program = join(import.meta.dirname, "programs", "web.ts");
const namespace = "kubelet-test";
const podKind = { apiVersion: "v1", kind: "Pod" };
const deployment = ref("apps/v1", "Deployment", "web", namespace);

let cluster: Cluster;
let kubelet: Kubelet;

before(async () => {
  cluster = await connect();
  kubelet = await startKubelet(cluster, {
    name: "kubelet-test-node",
    run: (container) => [process.execPath, program, ...(container.args ?? [])],
  });
  const { admin } = cluster;
  await must(admin.create(ref("v1", "Namespace", namespace)));
  const { cert, key } = await servingCertificate(cluster.session.authority, [`web.${namespace}.svc`], []);
  await must(
    admin.create({
      ...ref("v1", "Secret", "web-tls", namespace),
      type: "kubernetes.io/tls",
      stringData: { "tls.crt": cert, "tls.key": key, word: "hush" },
    }),
  );
  await admin.until(ref("v1", "ServiceAccount", "default", namespace), () => true, {
    describe: "default service account",
  });
  await must(
    admin.create({
      ...ref("v1", "Service", "web", namespace),
      spec: { selector: { app: "web" }, ports: [{ port: 443, targetPort: 8443 }] },
    }),
  );
  await must(admin.create(webDeployment()));
});
after(async () => {
  await kubelet.stop();
  await cluster.close();
});

const webDeployment = (): KubeObject => ({
  ...ref("apps/v1", "Deployment", "web", namespace),
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: {
        nodeSelector: { "domicile.test/kubelet": "process" },
        terminationGracePeriodSeconds: 5,
        containers: [
          {
            name: "web",
            image: "web",
            args: ["--name=$(POD_NAME)"],
            ports: [{ name: "https", containerPort: 8443 }],
            env: [
              { name: "CERTIFICATES", value: "/etc/web/certificates" },
              { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
              { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
              { name: "SECRET_WORD", valueFrom: { secretKeyRef: { name: "web-tls", key: "word" } } },
            ],
            readinessProbe: { httpGet: { path: "/", port: "https", scheme: "HTTPS" }, periodSeconds: 1 },
            volumeMounts: [
              { name: "certificates", mountPath: "/etc/web/certificates", readOnly: true },
              { name: "scratch", mountPath: "/tmp" },
            ],
          },
        ],
        volumes: [
          { name: "certificates", secret: { secretName: "web-tls" } },
          { name: "scratch", emptyDir: {} },
        ],
      },
    },
  },
});

const pods = (): Promise<readonly KubeObject[]> =>
  cluster.admin.untilList(
    podKind,
    (all) => all.length === 2 && all.every((pod) => condition(pod, "Ready") === "True"),
    {
      namespace,
      labelSelector: "app=web",
      describe: "both pods of the Deployment are Ready",
    },
  );
const nameOf = (pod: KubeObject | undefined) => ({ name: pod?.metadata.name ?? "", namespace });

test("a Deployment's pods run as processes with their own address, arguments, variables, secrets and token", async () => {
  const [pod] = await pods();
  const given = JSON.parse((await kubelet.scrape(nameOf(pod), 8443, "/given", true)).text) as Record<string, unknown>;
  assert.deepEqual(given["args"], [`--name=${pod?.metadata.name}`]);
  assert.equal(given["POD_NAME"], pod?.metadata.name);
  assert.equal(given["POD_IP"], field(pod, "status.podIP"));
  assert.equal(given["SECRET_WORD"], "hush");
  assert.equal(given["namespace"], namespace);
  const claims = JSON.parse(Buffer.from(String(given["token"]).split(".")[1] ?? "", "base64url").toString()) as Record<
    string,
    unknown
  >;
  assert.equal(claims["sub"], `system:serviceaccount:${namespace}:default`);
});

test("a webhook's Service reaches the pods over HTTPS, at the addresses the controller-manager wrote", async () => {
  await pods();
  const webhook = {
    ...ref("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "kubelet-test"),
    webhooks: [
      {
        name: "seen.domicile.test",
        admissionReviewVersions: ["v1"],
        sideEffects: "None",
        clientConfig: {
          service: { namespace, name: "web", path: "/mutate" },
          caBundle: Buffer.from(cluster.session.authority.cert).toString("base64"),
        },
        rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["configmaps"] }],
        objectSelector: { matchLabels: { "domicile.test/see": "me" } },
      },
    ],
  };
  await must(cluster.admin.create(webhook));
  const labels = { "domicile.test/see": "me" };
  const create = () =>
    cluster.admin.create({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { generateName: "seen-", namespace, labels },
    });
  // The API server reads webhook configurations from a watch of its own: the first requests may be too early.
  let seen = await create();
  for (let turn = 0; turn < 50 && seen.ok && field(seen.body, "data.seen") === undefined; turn += 1)
    seen = await create();
  await must(cluster.admin.delete(webhook));
  assert.match(String(field(seen.body, "data.seen")), /^web-/, seen.message);
});

test("kubectl logs shows what a pod has written", async () => {
  const [pod] = await pods();
  const { stdout, stderr } = await cluster.kubectl(["logs", `--namespace=${namespace}`, pod?.metadata.name ?? ""]);
  assert.equal(stdout, "listening\n", stderr);
});

test("a container that is killed is started again and becomes Ready again", async () => {
  const [pod] = await pods();
  assert(pod);
  kubelet.kill(nameOf(pod), "SIGKILL");
  const again = await cluster.admin.until<KubeObject>(
    pod,
    (now) => field(now, "status.containerStatuses.0.restartCount") === 1 && condition(now, "Ready") === "True",
    {
      describe: "the killed container runs again",
    },
  );
  assert.equal(field(again, "status.containerStatuses.0.lastState.terminated.exitCode"), 137);
});

test("a rolling update ends the old pods with SIGTERM and leaves two new ones", async () => {
  const old = await pods();
  const started = await must(
    cluster.admin.patch(deployment, { spec: { template: { metadata: { annotations: { turn: "2" } } } } }),
  );
  await cluster.admin.until<KubeObject>(
    started,
    (now) =>
      field(now, "status.updatedReplicas") === 2 &&
      field(now, "status.replicas") === 2 &&
      field(now, "status.readyReplicas") === 2,
    {
      describe: "the rolling update finishes",
    },
  );
  for (const pod of old) {
    await cluster.admin.untilGone(pod, { describe: `the old pod ${pod.metadata.name} is gone` });
    assert.match(kubelet.logs(nameOf(pod)), /asked to end/);
  }
});
