import { answerReview } from "../../src/admission/answer-review.ts";
import { webhooks, type Webhook } from "../../src/admission/webhook.ts";
import { paths } from "../../src/admission/paths.ts";
import type { World } from "../../src/zone/world.ts";
import { namespace, node, region, world, zone, zoneRecord } from "../unit/world.ts";
import { compare, type Contest } from "./compare.ts";
import type { Measure } from "./measure.ts";

const webhook = (path: string): Webhook => {
  const found = webhooks.find((known) => known.path === path);
  if (found === undefined) throw new Error(`no webhook serves ${path}`);
  return found;
};

/** A review of an unpinned pod of about `bytes` bytes. */
export const reviewOf = (bytes: number): string => {
  const padding = Array.from({ length: Math.ceil(bytes / 100) }, (_, at) => ({
    name: `V${at}`,
    value: "x".repeat(80),
  }));
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "api-0", namespace: "payments" },
    spec: { containers: [{ name: "main", image: "example/app", env: padding }] },
  };
  const request = {
    uid: "b7c1",
    kind: { group: "", version: "v1", kind: "Pod" },
    resource: { group: "", version: "v1", resource: "pods" },
    name: "api-0",
    namespace: "payments",
    operation: "CREATE",
    userInfo: { username: "jane", groups: [] },
    object: pod,
    oldObject: null,
  };
  return JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request });
};

const worldOf = (zones: number, nodes: number): World =>
  world({
    zones: [
      zone(),
      ...Array.from({ length: zones - 1 }, (_, at) => zone({ name: `z${at}`, regions: [region("uk-london-1")] })),
    ].map((one) => zoneRecord(one)),
    namespaces: [namespace("payments")],
    nodes: Array.from({ length: nodes }, (_, at) => node(`n${at}`)),
  });

const observer = { record: () => {}, fault: () => {} };
const deciding = (text: string, seen: World) => (): unknown => {
  const call = { webhook: webhook(paths.mutatePods), zone: "us", body: JSON.parse(text) as unknown };
  return JSON.stringify(answerReview(call, { world: () => seen, observer, monotonic: () => 0 }));
};
const echoing = (text: string) => (): unknown => JSON.stringify(JSON.parse(text));

/** What deciding costs in the process, without HTTP: each contest times its two sides in turn. */
export const decideSection = async function* (): AsyncGenerator<Measure> {
  const [small, large] = [reviewOf(3_000), reviewOf(200_000)];
  const one = worldOf(1, 10);
  const contests: readonly Contest[] = [
    { title: "decide a 3 KB pod / parse and print it", a: deciding(small, one), b: echoing(small) },
    { title: "decide a 200 KB pod / parse and print it", a: deciding(large, one), b: echoing(large) },
    { title: "decide with 100 zones / with 1", a: deciding(small, worldOf(100, 10)), b: deciding(small, one) },
    { title: "decide with 5,000 nodes / with 10", a: deciding(small, worldOf(1, 5_000)), b: deciding(small, one) },
  ];
  for (const contest of contests) {
    const { median, lowest, highest } = compare(contest);
    yield { title: contest.title, value: median, unit: "", low: lowest, high: highest };
  }
};
