import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { askReplica, untilReplicas } from "../e2e/replicas.ts";
import { watchBackoffs, type Backoff } from "./backoff.ts";
import { apiServerFault, faults } from "./faults.ts";
import { watchPlacements, type Misplaced } from "./placements.ts";
import { seconds, table } from "./report.ts";
import {
  closeStage,
  control,
  inside,
  legacy,
  nodeLabel,
  openStage,
  outside,
  verifiedNodes,
  zone,
  type Stage,
} from "./stage.ts";
import { outagesOf, type Outage, type Outcome, type Stream } from "./stream.ts";
import { clear, clearing, needsNobody, startTraffic } from "./traffic.ts";

/** The promise: no refusal in a zone lasts longer. What controllers wait on top is theirs, and printed. */
const longestOutageMs = 10_000;
/** The webhooks' timeout: who waits for a webhook that is not there waits so long, and so does who meets a busy machine; it is printed. */
const heldUpMs = 2_000;
const rate = Number(process.env["DOMICILE_LOAD_RATE"] ?? 1);
const rounds = Number(process.env["DOMICILE_LOAD_ROUNDS"] ?? 1);

type Named = { readonly stream: Stream };
type Span = { readonly name: string; readonly from: number; readonly to: number };

let stage: Stage;
let streams: readonly Stream[];
let spans: readonly Span[];
let misplaced: readonly Misplaced[];
let backoffs: readonly Backoff[];
/** The zones about which the replicas were asked that stood at the end. */
let asked: readonly string[];
let pods = 0;

const outcomesOf = (isInside: boolean): readonly (Outcome & Named)[] =>
  streams
    .filter((stream) => stream.inside === isInside)
    .flatMap((stream) => stream.outcomes().map((each) => ({ ...each, stream })));
const outages = (): readonly (Outage & Named)[] =>
  streams.flatMap((stream) => outagesOf(stream.outcomes()).map((each) => ({ ...each, stream })));
const during = (span: Span, at: number): boolean => at >= span.from && at < span.to;
const told = (outcomes: readonly (Outcome & Named)[]): readonly string[] =>
  outcomes.map(({ stream, kind, message, heldUpMs: ms }) => `${stream.name}: ${kind} ${Math.round(ms)} ms ${message}`);

const zonesAskedAbout = async ({ cluster }: Stage): Promise<readonly string[]> => {
  const metrics = await Promise.all((await untilReplicas(cluster)).map((each) => askReplica(each, "/metrics")));
  const counted = metrics.flatMap(({ text }) => [
    ...text.matchAll(/^domicile_admission_decisions_total\{.*zone="([^"]*)"/gm),
  ]);
  return [...new Set(counted.map(([, name = ""]) => name))];
};

before(async () => {
  stage = await openStage();
  const ending = new AbortController();
  const watching = new AbortController();
  const backing = watchBackoffs(stage.cluster, [inside, legacy, outside], watching.signal);
  const placements = watchPlacements(
    stage.cluster,
    { inside: [inside, legacy], outside: [outside] },
    { nodeLabel, verifiedNodes },
    (pod) => {
      pods += 1;
      backing.made(pod);
    },
    watching.signal,
  );
  streams = startTraffic(stage.cluster.admin, rate, ending.signal);
  const judged = streams.filter(({ name }) => name !== clearing);
  const settled = (): Promise<unknown> => Promise.all(judged.map((stream) => stream.untilGood()));
  const seen: Span[] = [];
  try {
    await settled();
    for (const { name, strike } of Array.from({ length: rounds }, () => faults).flat()) {
      const from = performance.now();
      await strike(stage);
      await settled();
      seen.push({ name, from, to: performance.now() });
    }
  } finally {
    ending.abort();
    await Promise.all(streams.map(({ ended }) => ended));
    watching.abort();
    await Promise.all([placements.ended, backing.ended]);
    await clear(stage.cluster.admin, control);
  }
  spans = seen;
  asked = await zonesAskedAbout(stage);
  misplaced = placements.misplaced();
  backoffs = backing.all();
});
after(() => closeStage(stage));

test("O3 no pod of the zone is ever off-zone, whatever breaks, the webhook configurations included", () =>
  assert.deepEqual(misplaced, []));

test("O3 no refusal in the zone lasts longer than 10 s, and none is left at the end", () => {
  assert.deepEqual(
    outages().filter(({ ms, stream }) => stream.inside && !(ms <= longestOutageMs)),
    [],
  );
});

test("pods that are pinned, scaling and Jobs are never refused in the zone: they need none of us", () => {
  const ours = outcomesOf(true).filter(
    ({ kind, stream }) => kind === "refused" && needsNobody.some((name) => name === stream.name),
  );
  assert.deepEqual(told(ours), []);
});

test("O3 outside the zone nothing is refused, and no webhook is asked that could be waited for", () => {
  assert.deepEqual(told(outcomesOf(false).filter(({ kind }) => kind === "refused")), []);
  assert.deepEqual(asked, [zone]);
});

test("nobody but an API server that is away fails a request", () => {
  const unexplained = [...outcomesOf(true), ...outcomesOf(false)].filter(
    ({ kind, askedAt, answeredAt }) =>
      kind === "away" &&
      !spans.some((span) => span.name === apiServerFault && answeredAt >= span.from && askedAt < span.to),
  );
  assert.deepEqual(told(unexplained), []);
});

test("what broke, and what it cost", (t) => {
  const inZone = outcomesOf(true);
  const elsewhere = outcomesOf(false);
  const head = [
    "",
    "lasted",
    "refused inside",
    "longest",
    "refused outside",
    "held up outside",
    "API server away",
    "off-zone",
    "controllers' longest gap",
  ];
  const rows = spans.map((span) => {
    const within = <T extends { readonly askedAt: number }>(all: readonly T[]): readonly T[] =>
      all.filter(({ askedAt }) => during(span, askedAt));
    const longest = Math.max(
      0,
      ...outages()
        .filter(({ from, stream }) => stream.inside && during(span, from))
        .map(({ ms }) => ms),
    );
    const gap = Math.max(0, ...backoffs.filter(({ from }) => during(span, from)).map(({ ms }) => ms));
    const refusedOf = (all: readonly Outcome[]): string => String(all.filter(({ kind }) => kind === "refused").length);
    return [
      span.name,
      seconds(span.to - span.from),
      refusedOf(within(inZone)),
      seconds(longest),
      refusedOf(within(elsewhere)),
      String(within(elsewhere).filter(({ heldUpMs: ms }) => ms > heldUpMs).length),
      String(within([...inZone, ...elsewhere]).filter(({ kind }) => kind === "away").length),
      String(misplaced.filter(({ at }) => during(span, at)).length),
      seconds(gap),
    ];
  });
  const [first, last] = [spans[0], spans.at(-1)];
  assert.ok(first && last);
  const lasted = (last.to - first.from) / 1000;
  for (const line of table([head, ...rows]).split("\n")) t.diagnostic(line);
  t.diagnostic(
    `${pods} pods in ${lasted.toFixed(0)} s, ${inZone.length} requests inside and ${elsewhere.length} outside`,
  );
  const messages = new Map<string, number>();
  for (const { kind, message } of inZone)
    if (kind === "refused") messages.set(message, (messages.get(message) ?? 0) + 1);
  for (const [message, count] of messages) t.diagnostic(`${count} times: ${message}`);
});
