import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { least, refusal } from "./render.ts";

let cluster: Cluster;
before(async () => {
  cluster = await connect();
});
after(() => cluster.close());

const image = { repository: "domicile" };
const peer = { namespaceSelector: {}, ports: [8080] };

/** What Helm prints for each. A misspelt or misplaced value would otherwise do nothing and say nothing. */
const refused: Readonly<Record<string, readonly [values: object, sentence: RegExp]>> = {
  "no image": [{}, /image\.repository is required, because the project publishes no image.*docker build.*docker push/],
  "a tag in the repository": [{ image: { repository: "domicile:1.0" } }, /image\/repository.*does not match pattern/],
  "a digest that is none": [{ image: { ...image, digest: "latest" } }, /image\/digest/],
  "a tag that moves": [
    { image: { ...image, tag: "latest" } },
    /image\.tag: latest is whatever was pushed last.*Name a/,
  ],
  "a pull policy that does not exist": [{ image: { ...image, pullPolicy: "Sometimes" } }, /pullPolicy.*must be one of/],
  "a pull secret that is only a name": [{ ...least, imagePullSecrets: ["pull"] }, /imagePullSecrets\/0.*want object/],
  "a value that does not exist": [{ ...least, replicas: 2 }, /additional properties 'replicas' not allowed/],
  "a nested value that does not exist": [{ ...least, webhook: { timeout: 2 } }, /additional properties 'timeout'/],
  "a number of replicas that is text": [{ ...least, replicaCount: "two" }, /replicaCount.*got string, want integer/],
  "a timeout that would stall others": [{ ...least, webhook: { timeoutSeconds: 30 } }, /timeoutSeconds.*maximum/],
  "a port only root may take": [{ ...least, webhook: { port: 443 } }, /webhook\/port.*minimum/],
  "one port for both servers": [{ ...least, opsPort: 8443 }, /webhook\.port and opsPort are both 8443.*Change one/],
  "an issuer without a name": [{ ...least, certManager: { issuerRef: { kind: "ClusterIssuer" } } }, /name.*kind/],
  "an issuer with a typing error": [{ ...least, certManager: { issuerRef: { nmae: "x" } } }, /'nmae' not allowed/],
  "a log level that does not exist": [{ ...least, logLevel: "verbose" }, /logLevel.*must be one of/],
  "a grace period shorter than the drain": [{ ...least, terminationGracePeriodSeconds: 5 }, /GracePeriod.*minimum/],
  "a block of the cluster's own that is an address": [
    { ...least, clusterNetworks: { pods: ["10.128.0.0"] } },
    /clusterNetworks\/pods\/0.*pattern/,
  ],
  "a flag that is none": [{ ...least, extraArgs: ["log-level=debug"] }, /extraArgs\/0/],
  "a flag that the chart sets": [{ ...least, extraArgs: ["--lease=x"] }, /extraArgs: the chart sets --lease itself/],
  "an environment variable that the chart sets": [{ ...least, extraEnv: [{ name: "POD_NAME" }] }, /extraEnv\/0\/name/],
  "an environment variable with a typing error": [{ ...least, extraEnv: [{ name: "A", valeu: "b" }] }, /'valeu'/],
  "a label that the chart sets": [{ ...least, commonLabels: { "app.kubernetes.io/name": "x" } }, /commonLabels/],
  "a label's value that is no text": [{ ...least, podLabels: { tier: true } }, /podLabels\/tier.*want string/],
  "a label's value that the API server refuses": [{ ...least, podLabels: { tier: "a b" } }, /podLabels\/tier.*pattern/],
  "a budget that lets no drain through": [{ ...least, podDisruptionBudget: { maxUnavailable: 0 } }, /maxUnavailable/],
  "a toleration with a typing error": [{ ...least, tolerations: [{ key: "a", efect: "NoSchedule" }] }, /'efect'/],
  "an affinity of no kind": [{ ...least, affinity: { requiredDuringScheduling: {} } }, /affinity.*not allowed/],
  "a spread without a topology": [{ ...least, topologySpreadConstraints: [{ maxSkew: 1 }] }, /missing properties/],
  "nothing that holds pods": [
    { ...least, webhook: { enabled: false }, nativePolicies: { enabled: false } },
    /webhook\.enabled and nativePolicies\.enabled are both false.*Set one of them to true/,
  ],
  "a certificate for webhooks that are not there": [
    { ...least, webhook: { enabled: false }, certManager: { enabled: true } },
    /certManager\.enabled: without webhooks/,
  ],
  "a policy for pods that no policy holds": [
    { ...least, hostNetwork: true, networkPolicy: { enabled: true } },
    /hostNetwork and networkPolicy\.enabled: pods in their nodes' network are outside every NetworkPolicy/,
  ],
  "a peer with ports of its own": [{ ...least, networkPolicy: { metricsFrom: [peer] } }, /metricsFrom\/0.*'ports'/],
  "an API server without ports": [{ ...least, networkPolicy: { apiServer: { ports: [] } } }, /apiServer\/ports/],
  "an API server's address that is no block": [
    { ...least, networkPolicy: { apiServer: { cidrs: ["api.example"] } } },
    /apiServer\/cidrs\/0.*pattern/,
  ],
  "cert-manager's spelling of the monitor": [{ ...least, prometheus: { servicemonitor: {} } }, /'servicemonitor'/],
  "an interval without a unit": [{ ...least, prometheus: { serviceMonitor: { interval: "30" } } }, /interval.*pattern/],
  "a dashboard's label that is no text": [{ ...least, grafana: { dashboard: { labels: { a: 1 } } } }, /want string/],
};

for (const [what, [values, sentence]] of Object.entries(refused))
  test(`the chart refuses ${what}`, async () => assert.match(await refusal(cluster, values), sentence));

test("values of a chart above it are none of the chart's business", async () => {
  assert.equal(await refusal(cluster, { ...least, global: { team: "platform" } }), "");
});
