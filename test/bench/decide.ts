import { answerReview } from "../../src/admission/answer-review.ts";
import { webhooks, type Webhook } from "../../src/admission/webhook.ts";
import { paths } from "../../src/admission/paths.ts";
import { allowedIn } from "../../src/egress/uncontained.ts";
import type { World } from "../../src/zone/world.ts";
import { selector } from "../unit/admission/reviews.ts";
import { namespace, node, region, world, zone, zoneRecord } from "../unit/world.ts";
import { compare, type Contest } from "./compare.ts";
import type { Measure, Target } from "./measure.ts";
import { bindingReview, podReview } from "./reviews.ts";

const webhook = (path: string): Webhook => {
  const found = webhooks.find((known) => known.path === path);
  if (found === undefined) throw new Error(`no webhook serves ${path}`);
  return found;
};

const worldOf = (zones: number, nodes: number): World =>
  world({
    zones: [
      zone(),
      ...Array.from({ length: zones - 1 }, (_, at) => zone({ name: `z${at}`, regions: [region("uk-london-1")] })),
    ].map((one) => zoneRecord(one)),
    namespaces: [namespace("payments")],
    nodes: Array.from({ length: nodes }, (_, at) => node(`n${at}`, { labels: { ...node("n").labels, ...selector } })),
  });

const observer = { record: () => {}, fault: () => {} };
/** Parse, place, patch, encode: all that happens between the bytes of a body and the bytes of its answer. */
const answering = (path: string) => (text: string, seen: World) => (): unknown => {
  const call = { webhook: webhook(path), zone: "us", body: JSON.parse(text) as unknown };
  return JSON.stringify(answerReview(call, { world: () => seen, allowedIn, observer, monotonic: () => 0 }));
};
const deciding = answering(paths.mutatePods);
const binding = answering(paths.bindPods);
const echoing = (text: string) => (): unknown => JSON.stringify(JSON.parse(text));
const times = (count: number, work: () => unknown) => (): void => {
  for (let at = 0; at < count; at++) work();
};

/** What deciding costs in the process, without HTTP: each contest times its two sides in turn. */
export const decideSection = async function* (): AsyncGenerator<Measure> {
  const [small, large, bound] = [podReview(3_000), podReview(200_000), bindingReview("n0")];
  const [one, zones, nodes] = [worldOf(1, 10), worldOf(100, 10), worldOf(1, 5_000)];
  const asManyBytes = Math.round(large.length / small.length);
  const linear: Target = { atMost: 1 };
  const flat: Target = { atMost: 1.2 };
  const contests: readonly (Contest & { readonly target?: Target })[] = [
    { title: "decide a 3 KB pod / parse and print it", a: deciding(small, one), b: echoing(small) },
    { title: "decide a 200 KB pod / parse and print it", a: deciding(large, one), b: echoing(large) },
    {
      title: "decide a 200 KB pod / as many bytes in 3 KB pods",
      a: deciding(large, one),
      b: times(asManyBytes, deciding(small, one)),
      target: linear,
    },
    { title: "decide with 100 zones / with 1", a: deciding(small, zones), b: deciding(small, one), target: flat },
    { title: "decide with 5,000 nodes / with 10", a: deciding(small, nodes), b: deciding(small, one), target: flat },
    { title: "bind with 100 zones / with 1", a: binding(bound, zones), b: binding(bound, one), target: flat },
    { title: "bind with 5,000 nodes / with 10", a: binding(bound, nodes), b: binding(bound, one), target: flat },
  ];
  for (const { target, ...contest } of contests) {
    const { median, lowest, highest } = compare(contest);
    yield { title: contest.title, value: median, unit: "", low: lowest, high: highest, ...(target && { target }) };
  }
};
