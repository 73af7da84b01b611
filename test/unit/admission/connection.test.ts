import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { makeLeaf } from "../../../src/certificates/ca.ts";
import { paths } from "../../../src/admission/paths.ts";
import { reload } from "../../../src/admission/server.ts";
import { drain } from "../../../src/admission/shutdown.ts";
import { authority, pod, review, serve } from "./reviews.ts";
import { dial, listen, request, until, untilEnd } from "./socket.ts";

const good = JSON.stringify(review(pod()));

describe("O5 a broken request over a real connection is answered, and the next connection too", () => {
  const cases: Record<string, { sends: string; status: number; says: RegExp }> = {
    "half a body, then the end": {
      sends: request(paths.mutatePods, good.slice(0, 80), good.length),
      status: 400,
      says: /not a whole HTTP request/,
    },
    "no HTTP at all": { sends: "hello\r\n\r\n", status: 400, says: /not a whole HTTP request/ },
    "headers without end": {
      sends: `POST / HTTP/1.1\r\nx: ${"x".repeat(17_000)}`,
      status: 431,
      says: /headers are too large/,
    },
  };
  for (const [name, { sends, status, says }] of Object.entries(cases))
    test(name, async () => {
      await using app = serve();
      const port = await listen(app);
      const socket = await dial(port);
      socket.end(sends);
      const answer = await untilEnd(socket);
      assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `));
      assert.match(answer, says);

      const next = await dial(port);
      next.write(request(paths.mutatePods, good));
      assert.match(await until(next, "}}"), /"allowed":true/);
      next.destroy();
    });
});

test("O5 a body that stops arriving is cut off with a sentence, and a connection idle between requests is not", async () => {
  await using app = serve();
  const port = await listen(app);
  const idle = await dial(port);
  idle.write(request(paths.mutatePods, good));
  await until(idle, "}}");

  app.server.headersTimeout = app.server.requestTimeout = 100;
  const slow = await dial(port);
  slow.write(request(paths.mutatePods, good.slice(0, 80), good.length));
  assert.match(await untilEnd(slow), /^HTTP\/1.1 408 [\s\S]*did not arrive in time/);

  idle.write(request(paths.mutatePods, good));
  assert.match(await until(idle, "}}"), /"allowed":true/);
  idle.destroy();
});

test("a new certificate serves new connections, and those that stand are kept", async () => {
  await using app = serve();
  const port = await listen(app);
  const before = await dial(port);
  const serial = before.getPeerCertificate().serialNumber;

  reload(app, await makeLeaf(authority, ["domicile.domicile-system.svc"], Date.now(), 60_000));
  const after = await dial(port);
  assert.notEqual(after.getPeerCertificate().serialNumber, serial);
  for (const socket of [before, after]) {
    socket.write(request(paths.mutatePods, good));
    assert.match(await until(socket, "}}"), /"allowed":true/);
    socket.destroy();
  }
});

test("draining is unready first, serves on through the grace, answers what is in flight and ends idle connections", async () => {
  const app = serve();
  const port = await listen(app);
  const steps: string[] = [];
  const [idle, inFlight] = [await dial(port), await dial(port)];
  idle.write(request(paths.mutatePods, good));
  await until(idle, "}}");
  const [head, tail] = [good.slice(0, 80), good.slice(80)];
  inFlight.write(request(paths.mutatePods, head, good.length));

  const grace = Promise.withResolvers<void>();
  const drained = drain(app, {
    unready: () => void steps.push("unready"),
    graceMs: 5_000,
    wait: (ms) => {
      steps.push(`wait ${ms}`);
      return grace.promise;
    },
  });
  const late = await dial(port);
  late.write(request(paths.mutatePods, good));
  const lateAnswer = await untilEnd(late);
  assert.match(lateAnswer, /connection: close/i);
  assert.match(lateAnswer, /"allowed":true/);
  assert.deepEqual(steps, ["unready", "wait 5000"]);

  const ended = once(idle.resume(), "end");
  grace.resolve();
  await ended;
  inFlight.write(tail);
  const answer = await untilEnd(inFlight);
  assert.match(answer, /^HTTP\/1.1 200 [\s\S]*connection: close[\s\S]*"allowed":true/i);
  await drained;
  await assert.rejects(dial(port), { code: "ECONNREFUSED" });
});
