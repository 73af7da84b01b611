import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { describe, test } from "node:test";
import { projectProbePod } from "../../../src/cli/probe-pod.ts";
import { probeJob } from "../../../src/cli/probe-job.ts";
import { leftBehind } from "../../../src/cli/probe-run.ts";
import { probeScript, type Trial, type Tried } from "../../../src/cli/probe-script.ts";
import {
  dnsOf,
  givenApproved,
  givenForbidden,
  knownApproved,
  knownForbidden,
  targetWords,
  type ProbeTarget,
} from "../../../src/cli/probe-target.ts";
import { judgeProbe, showProbe, type Seen } from "../../../src/cli/probe-verdict.ts";
import { parseCidr } from "../../../src/cidr/block.ts";
import { setOf } from "../../../src/cidr/set.ts";
import type { Grant } from "../../../src/egress/grant.ts";
import { output } from "../../cluster/spawned.ts";

const grant = (why: Grant["why"], cidrs: readonly string[], parts: Partial<Grant> = {}): Grant => ({
  why,
  path: `spec.egress.${why.kind}`,
  alone: false,
  selectors: [],
  addresses: setOf(
    cidrs.map((cidr) => {
      const parsed = parseCidr(cidr);
      if (!parsed.ok) throw new Error(cidr);
      return parsed.block;
    }),
  ),
  ports: [{ protocol: "TCP", port: 443, endPort: 444 }],
  ...parts,
});
const partner = grant({ kind: "network", network: "partner" }, ["198.51.100.0/24", "2001:db8::1/128"]);
const one = grant({ kind: "network", network: "one" }, ["203.0.113.9/32"], {
  ports: [{ protocol: "TCP", port: 8443 }],
});
const onlyUdp = grant({ kind: "network", network: "udp" }, ["203.0.113.1/32"], {
  ports: [{ protocol: "UDP", port: 53 }],
});
const api = grant({ kind: "apiServer" }, ["10.0.0.2/32"], { ports: [{ protocol: "TCP", port: 6443 }] });
const selected = {
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
  podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
};
const dns = grant({ kind: "dns" }, [], {
  selectors: [selected],
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
});
const brief = (target: ProbeTarget | undefined): string =>
  target === undefined ? "none" : `${targetWords(target)} ${target.what}`;

describe("what is tried", () => {
  test("the API server where the zone allows it, or the first single address with a TCP port", () => {
    assert.equal(brief(knownApproved([onlyUdp, one, api])), "10.0.0.2:6443 the API server");
    assert.equal(brief(knownApproved([onlyUdp, one])), "203.0.113.9:8443 network one");
    assert.equal(brief(knownApproved([partner])), "[2001:db8::1]:443 network partner");
    assert.equal(brief(knownApproved([onlyUdp, dns])), "none");
  });

  test("a pod that answers for DNS by TCP, where labels alone select it", () => {
    assert.deepEqual(dnsOf([partner, dns]), { namespace: "kube-system", labelSelector: "k8s-app=kube-dns", port: 53 });
    assert.equal(dnsOf([partner]), undefined);
    assert.equal(dnsOf([{ ...dns, ports: [{ protocol: "UDP", port: 53 }] }]), undefined);
    const matchExpressions = [{ key: "a", operator: "Exists" as const }];
    const selectors = [{ ...selected, podSelector: { ...selected.podSelector, matchExpressions } }];
    assert.equal(dnsOf([{ ...dns, selectors }]), undefined);
  });

  test("the API server behind its Service is what is forbidden, unless the zone opens it", () => {
    const facts = [
      { addresses: ["10.0.0.2"], port: 6443 },
      { addresses: ["10.96.0.1"], port: 443 },
    ];
    assert.equal(brief(knownForbidden(facts, [partner])), "10.0.0.2:6443 the API server");
    assert.equal(brief(knownForbidden([facts[0] ?? { addresses: [], port: 0 }], [api])), "none");
    assert.equal(brief(knownForbidden(undefined, [])), "none");
  });

  test("what is given as approved is said to be so only if a block of the zone holds it", () => {
    assert.equal(brief(givenApproved("198.51.100.7:444", [partner])), "198.51.100.7:444 network partner");
    assert.match(brief(givenApproved("198.51.100.7:445", [partner])), /no block of the zone's holds it/);
  });

  test("what the zone approves is not taken for forbidden, and the field that approves it is named", () => {
    assert.throws(
      () => givenForbidden("198.51.100.7:443", [partner]),
      /--forbidden 198\.51\.100\.7:443 is approved by spec\.egress\.network \(network partner\)/,
    );
    assert.throws(() => givenForbidden("[2001:DB8::1]:443", [partner]), /is approved by/);
    assert.equal(brief(givenForbidden("198.51.100.7:80", [partner])), "198.51.100.7:80 approved by nothing");
    assert.throws(() => givenForbidden("203.0.113.9:1", [{ ...one, ports: [] }]), /is approved by/);
  });

  for (const given of [
    "example.com:443",
    "198.51.100.7",
    "198.51.100.7:0",
    "198.51.100.7:65536",
    "2001:db8::1:443",
    ":443",
  ])
    test(`${given} is no target`, () => {
      assert.throws(() => givenForbidden(given, []), /takes an address and a port/);
    });
});

const met = (opened: number, last: string): Tried => ({
  tries: 3,
  opened,
  last,
  ...(opened > 0 ? { lastOpenMs: 1_234 } : {}),
});
const [open, closed, late] = [met(3, "open"), met(0, "silent"), met(1, "ECONNREFUSED")];
const seen = (approved: Tried, forbidden: Tried, outside?: Tried): Seen => ({
  zone: "us",
  approved: { address: "198.51.100.7", port: 443, what: "network partner" },
  forbidden: { address: "203.0.113.9", port: 443, what: "approved by nothing" },
  inside: { pod: "payments/p", node: "a", met: { approved, forbidden } },
  outside: outside === undefined ? undefined : { pod: "shop/p", node: "a", met: { forbidden: outside } },
});

const verdicts: Readonly<Record<string, readonly [Seen, string, RegExp]>> = {
  "the forbidden target that a pod outside reaches and one inside does not is proof": [
    seen(open, closed, open),
    "enforced",
    /^ENFORCED: .*\nThis shows these two targets, from a, now\./m,
  ],
  "a connection to what is forbidden is none, whatever else was seen": [seen(closed, open, closed), "open", /^OPEN: /m],
  "one at first alone is none either, and says until when": [
    seen(open, late, open),
    "late",
    /until 1\.2 s after it began/,
  ],
  "a pod that reaches nothing shows nothing": [seen(closed, closed, open), "unreached", /nobody listens at 198\.51/],
  "a pod that lost its network while it probed shows nothing": [seen(late, closed, open), "unreached", /^NOT SHOWN/m],
  "a forbidden target that refuses by itself is no proof": [
    seen(open, met(0, "ECONNREFUSED")),
    "notCompared",
    /^NOT SHOWN: .*\nNext: --compare-namespace/m,
  ],
  "nor is one that nobody reaches": [seen(open, closed, closed), "nobodyThere", /shop\/p reaches by --forbidden/],
};
const endings: Readonly<Record<string, object>> = {
  enforced: { refused: false },
  open: { refused: true, unanswered: true },
  late: { refused: true, unanswered: true },
};

describe("what it shows", () => {
  for (const [sentence, [all, verdict, says]] of Object.entries(verdicts))
    test(sentence, () => {
      const { value: _, lines, ...ends } = showProbe(all);
      assert.equal(judgeProbe(all), verdict);
      assert.match(lines.join("\n"), says);
      assert.deepEqual(ends, endings[verdict] ?? { refused: false, unanswered: true });
    });
});

const listen = async (server: Server): Promise<number> => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
};
const run = async (trial: Trial): Promise<readonly Tried[]> => {
  const { code, stdout, stderr } = await output(process.execPath, ["-e", probeScript, JSON.stringify(trial)]);
  assert.equal(code, 0, stderr);
  return (JSON.parse(stdout) as { readonly targets: readonly Tried[] }).targets;
};

describe("what runs in the pod", () => {
  const address = "127.0.0.1";

  test("tries all targets until three rounds in a row are as wanted", async (t) => {
    const server = createServer((socket) => socket.destroy());
    t.after(() => server.close());
    const gone = createServer();
    const port = await listen(gone);
    gone.close();
    const [approved, forbidden] = await run({
      targets: [
        { address, port: await listen(server), wants: "open" },
        { address, port, wants: "closed" },
      ],
      tryMs: 60_000,
      forMs: 60_000,
    });
    assert.deepEqual([approved?.tries, approved?.opened, approved?.last], [3, 3, "open"]);
    assert.deepEqual(forbidden, { tries: 3, opened: 0, last: "ECONNREFUSED" });
  });

  test("does not end while an approved target is not reached, and counts from when it is", async (t) => {
    const gone = createServer();
    const port = await listen(gone);
    gone.close();
    const closing = createServer();
    const closed = await listen(closing);
    closing.close();
    const server = createServer((socket) => socket.destroy());
    t.after(() => server.close());
    // The approved one comes up when the third try of a server that counts has come.
    let tried = 0;
    const counter = createServer((socket) => {
      socket.destroy();
      tried += 1;
      if (tried === 3) server.listen(port, address);
    });
    t.after(() => counter.close());
    const [approved, , forbidden] = await run({
      targets: [
        { address, port, wants: "open" },
        { address, port: await listen(counter), wants: "open" },
        { address, port: closed, wants: "closed" },
      ],
      tryMs: 60_000,
      forMs: 60_000,
    });
    assert.ok((approved?.tries ?? 0) >= 6, "three more rounds after the third");
    assert.equal(approved?.opened, 3);
    assert.equal(forbidden?.tries, approved?.tries);
  });

  test("begins to count anew when a forbidden target opens for a moment", async (t) => {
    const gone = createServer();
    const port = await listen(gone);
    gone.close();
    const moment = createServer((socket) => {
      socket.destroy();
      moment.close();
    });
    let tried = 0;
    const counter = createServer((socket) => {
      socket.destroy();
      tried += 1;
      if (tried === 2) moment.listen(port, address);
    });
    t.after(() => counter.close());
    const [, forbidden] = await run({
      targets: [
        { address, port: await listen(counter), wants: "open" },
        { address, port, wants: "closed" },
      ],
      tryMs: 60_000,
      forMs: 60_000,
    });
    // Open in the second round or the third, and three more after that.
    assert.equal(forbidden?.opened, 1);
    assert.ok((forbidden?.tries ?? 0) >= 5);
  });

  test("ends after its time while what it wants does not come", async () => {
    const gone = createServer();
    const port = await listen(gone);
    gone.close();
    const [approved] = await run({ targets: [{ address, port, wants: "open" }], tryMs: 1, forMs: 1 });
    assert.deepEqual([approved?.tries, approved?.opened], [1, 0]);
  });
});

describe("the Job", () => {
  const wanted = {
    namespace: "payments",
    image: "domicile:1",
    trial: { targets: [], tryMs: 1, forMs: 1 },
    timeoutMs: 90_500,
    now: 0,
  };

  test("is ended and deleted by the cluster where nobody else does, and has no token", () => {
    const { spec, metadata } = probeJob({ ...wanted, where: { zone: "us" } }) as unknown as {
      readonly metadata: object;
      readonly spec: { readonly template: { readonly spec: object } } & object;
    };
    assert.partialDeepStrictEqual(spec, { activeDeadlineSeconds: 91, ttlSecondsAfterFinished: 60, backoffLimit: 0 });
    assert.partialDeepStrictEqual(spec.template.spec, { automountServiceAccountToken: false, restartPolicy: "Never" });
    assert.partialDeepStrictEqual(metadata, {
      annotations: { "domicile.dev/probe-expires": "1970-01-01T00:02:30.500Z" },
    });
  });

  const specOf = (where: Parameters<typeof probeJob>[0]["where"]): object =>
    (probeJob({ ...wanted, where }) as unknown as { readonly spec: { readonly template: { readonly spec: object } } })
      .spec.template.spec;

  test("is pinned to the zone, and tolerates the taint of one that keeps its nodes", () => {
    const nodeSelector = { "domicile.dev.node-restriction.kubernetes.io/us": "verified" };
    assert.partialDeepStrictEqual(specOf({ zone: "us" }), { nodeSelector });
    const tolerations = [{ key: "exclusive.domicile.dev/us", operator: "Exists", effect: "NoSchedule" }];
    assert.partialDeepStrictEqual(specOf({ zone: "us", exclusive: true }), { nodeSelector, tolerations });
  });

  test("that compares asks for the node of the one in the zone, and bears no selector of a zone", () => {
    const compared = specOf({ node: "a" });
    assert.ok(!("nodeSelector" in compared));
    assert.match(
      JSON.stringify(compared),
      /"matchFields":\[\{"key":"metadata\.name","operator":"In","values":\["a"\]\}\]/,
    );
  });

  test("is left behind when its time is over, and not before", () => {
    const job = { ...probeJob({ ...wanted, where: undefined }) };
    const stored = { ...job, metadata: { ...job.metadata, name: "domicile-probe-x", uid: "1" } };
    assert.equal(leftBehind(stored, 150_500), undefined);
    assert.equal(leftBehind(stored, 150_501), "domicile-probe-x");
    assert.equal(leftBehind({ metadata: { name: "other", uid: "1" } }, 1e15), undefined);
  });
});

const pods: Readonly<Record<string, readonly [object, string, RegExp]>> = {
  "one that waits for a node says why": [
    { conditions: [{ type: "PodScheduled", status: "False", message: "0/3 nodes are available" }] },
    "waiting",
    /^0\/3 nodes/,
  ],
  "one whose image cannot be pulled comes no further": [
    { containerStatuses: [{ state: { waiting: { reason: "ImagePullBackOff", message: "no such tag" } } }] },
    "stuck",
    /^ImagePullBackOff: no such tag$/,
  ],
  "one whose first pull failed may yet": [
    { containerStatuses: [{ state: { waiting: { reason: "ErrImagePull" } } }] },
    "waiting",
    /^ErrImagePull$/,
  ],
  "one that failed says how": [
    { phase: "Failed", containerStatuses: [{ state: { terminated: { reason: "StartError", exitCode: 128 } } }] },
    "failed",
    /^StartError, exit code 128$/,
  ],
  "one that ended is done": [{ phase: "Succeeded" }, "done", /^$/],
};

describe("its pod", () => {
  for (const [sentence, [status, at, why]] of Object.entries(pods))
    test(sentence, () => {
      const pod = projectProbePod({ metadata: { name: "p", uid: "1" }, spec: { nodeName: "a" }, status });
      assert.equal(pod?.at, at);
      assert.match(pod !== undefined && "why" in pod ? pod.why : "", why);
    });
});
