import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { after, before, describe, test } from "node:test";
import { bodyLimit, maxConnections, maxOpsConnections, smallBody } from "../../src/admission/limits.ts";
import { paths } from "../../src/admission/paths.ts";
import { goodBody, isPinned, stillAnswers } from "./good.ts";
import { startVictim, type Victim } from "./victim.ts";
import { addresses, answered, dialTcp, dialTls, headOf, postOf } from "./wire.ts";

// The chart gives a replica 512 MiB. What is measured is the most it ever had.
const memoryMiB = 400;
// DOMICILE_HOSTILE=long sends as much as an issue asks for; otherwise as much as fails without the guard.
const long = process.env["DOMICILE_HOSTILE"] === "long";
const many = long ? 5_000 : maxConnections + 300;
const bodies = long ? 200 : 80;
const json = { "Content-Type": "application/json" };

/** Opens this many, some at a time, each once the one before it was let in or cut off. */
const open = async (times: number, dial: () => Promise<Socket>): Promise<readonly Socket[]> => {
  const sockets: Socket[] = [];
  let left = times;
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      sockets.push(await dial());
    }
  };
  await Promise.all(Array.from({ length: 50 }, worker));
  return sockets;
};
/** Resolves when what was written is on its way, or the other side had enough of it, however it says so. */
const sentOrCutOff = async (socket: Socket): Promise<void> => {
  await new Promise<void>((resolve) => {
    socket.once("drain", resolve);
    socket.once("close", () => resolve());
  });
};
const close = (sockets: readonly Socket[]): void => {
  for (const socket of sockets) socket.destroy();
};

describe("O5 an API server is answered, over a new connection and one that stands, while an attacker", () => {
  let victim: Victim;
  before(async () => void (victim = await startVictim()));
  after(() => victim.stop());

  let turn = 0;
  const greeting = Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]);
  const halves = [
    "",
    headOf("POST", paths.mutatePods),
    `${headOf("POST", paths.mutatePods, { ...json, "Content-Length": 100 })}\r\n{`,
  ];
  const floods: Readonly<Record<string, { readonly times: number; readonly dial: () => Promise<Socket> }>> = {
    "opens 5,000 connections and says nothing": { times: 5_000, dial: () => dialTcp(victim.webhooks) },
    [`begins ${many} TLS handshakes`]: {
      times: many,
      dial: async () => {
        const socket = await dialTcp(victim.webhooks);
        socket.write(greeting);
        return socket;
      },
    },
    [`holds ${many} connections over TLS that say nothing, half a head or half a body`]: {
      times: many,
      dial: async () => {
        const socket = await dialTls(victim);
        socket.write(halves[turn++ % halves.length] ?? "");
        return socket;
      },
    },
    "holds every connection but one, after a good review over each": {
      times: maxConnections - 1,
      dial: async () => {
        const socket = await dialTls(victim);
        await isPinned(socket);
        return socket;
      },
    },
    "floods from the API server's own address, as behind a gateway": {
      times: many,
      dial: () => dialTcp(victim.webhooks, addresses.apiServer),
    },
  };
  for (const [sentence, { times, dial }] of Object.entries(floods))
    test(sentence, async () => {
      const standing = await dialTls(victim, addresses.apiServer);
      await isPinned(standing);
      const sockets = await open(times, dial);
      await stillAnswers(victim);
      await isPinned(standing);
      close([...sockets, standing]);
    });

  test("holds every connection to probes and metrics, which are answered", async () => {
    const sockets = await open(maxOpsConnections + 300, () => dialTcp(victim.ops));
    const probe = await dialTcp(victim.ops, addresses.apiServer);
    probe.write(`${headOf("GET", "/healthz")}\r\n`);
    assert.deepEqual(await answered(probe), { status: 200, body: "ok\n" });
    close([...sockets, probe]);
  });
});

test("O5 who has to make room is told so", async () => {
  using victim = await startVictim();
  const first = await dialTls(victim);
  const told = answered(first);
  const sockets = await open(maxConnections, () => dialTcp(victim.webhooks));
  const { status, body } = await told;
  assert.equal(status, 503);
  assert.match(body, /Too many connections/);
  close(sockets);
  await victim.stop();
});

describe("O5 memory stays bounded, and small reviews are answered meanwhile, under", () => {
  /** All but the last byte of a body: what arrives stays in memory until the rest does. */
  const held = (bytes: number): string =>
    `${headOf("POST", paths.mutatePods, { ...json, "Content-Length": bytes })}\r\n${" ".repeat(bytes - 1)}`;

  test(`${bodies} bodies of 7 MiB at once, of which some are decided and others refused with a sentence`, async () => {
    using victim = await startVictim();
    const filler = "x".repeat(bodyLimit - goodBody.length - `"filler":"",`.length);
    const body = goodBody.replace(`"containers"`, `"filler":"${filler}","containers"`);
    assert.equal(Buffer.byteLength(body), bodyLimit);
    const wire = Buffer.from(postOf(paths.mutatePods, body));
    const sockets = await open(bodies, () => dialTls(victim));
    const answers = Promise.allSettled(sockets.map((socket) => answered(socket)));
    for (const socket of sockets) socket.write(wire);
    await stillAnswers(victim);
    const statuses = new Set<number>();
    for (const answer of await answers) {
      // On a slow machine not all of this arrives in the time a request has: the rest is cut off while it is sent.
      if (answer.status === "rejected") continue;
      const { status, body: said } = answer.value;
      statuses.add(status);
      assert.match(said, status === 200 ? /"patchType":"JSONPatch"/ : /Too many large bodies|did not arrive in time/);
    }
    assert.ok(statuses.has(200) && statuses.has(503), [...statuses].join());
    await stillAnswers(victim);
    assert.ok(victim.peakMiB() < memoryMiB, `${victim.peakMiB()} MiB`);
    close(sockets);
    await victim.stop();
  });

  test(`${bodies} bodies of 7 MiB that never end`, async () => {
    using victim = await startVictim();
    const wire = Buffer.from(held(bodyLimit));
    const sockets = await open(bodies, async () => {
      const socket = await dialTls(victim);
      if (!socket.write(wire)) await sentOrCutOff(socket);
      return socket;
    });
    await stillAnswers(victim);
    assert.ok(victim.peakMiB() < memoryMiB, `${victim.peakMiB()} MiB`);
    close(sockets);
    await victim.stop();
  });

  test("as many small bodies that never end as there may be connections", async () => {
    using victim = await startVictim();
    const wire = Buffer.from(held(smallBody));
    const sockets = await open(maxConnections, async () => {
      const socket = await dialTls(victim);
      socket.write(wire);
      return socket;
    });
    await stillAnswers(victim);
    assert.ok(victim.peakMiB() < memoryMiB, `${victim.peakMiB()} MiB`);
    close(sockets);
    await victim.stop();
  });
});
