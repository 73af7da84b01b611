import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { bodyLimit } from "../../src/admission/limits.ts";
import { paths } from "../../src/admission/paths.ts";
import { goodBody, stillAnswers } from "./good.ts";
import { startVictim, type Victim } from "./victim.ts";
import { answered, dialTcp, dialTls, headOf, heard, postOf } from "./wire.ts";

let victim: Victim;
before(async () => void (victim = await startVictim()));
after(() => victim.stop());

const json = { "Content-Type": "application/json" };
const url = paths.mutatePods;
const chunked = { ...json, "Transfer-Encoding": "chunked" };

/** What is sent, whether nothing comes after it, and what is answered. */
type Attack = {
  readonly sends: string | Buffer;
  readonly ends?: true;
  readonly status: number;
  readonly says: RegExp;
};

const attacks: Readonly<Record<string, Attack>> = {
  "HTTP/2 by prior knowledge": {
    sends: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    status: 400,
    says: /not a whole HTTP request/,
  },
  "bytes of chance": { sends: randomBytes(2_000), status: 400, says: /not a whole HTTP request/ },
  "NUL in a header": { sends: `${headOf("POST", url, { "X-A": "a\0b" })}\r\n`, status: 400, says: /not a whole/ },
  "a header of 20,000 characters": {
    sends: `${headOf("POST", url, { "X-A": "a".repeat(20_000) })}\r\n`,
    status: 431,
    says: /headers are too large/,
  },
  "5,000 headers": {
    sends: `POST ${url} HTTP/1.1\r\n${"a: b\r\n".repeat(5_000)}\r\n`,
    status: 431,
    says: /headers are too large/,
  },
  "a path of 12,000 characters": {
    sends: `${headOf("POST", `/${"a".repeat(12_000)}`, { Connection: "close" })}\r\n`,
    status: 404,
    says: /Nothing is served at POST/,
  },
  "a zone of 4,000 characters": {
    sends: postOf(`${url}/${"z".repeat(4_000)}`, goodBody),
    status: 414,
    says: /The request cannot be read: '/,
  },
  "a percent sign that encodes nothing": { sends: postOf(`${url}/%zz`, goodBody), status: 400, says: /cannot be read/ },
  "half a UTF-8 character in a zone": { sends: postOf(`${url}/%c3`, goodBody), status: 400, says: /cannot be read/ },
  "no Host, no path of ours": {
    sends: "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
    status: 404,
    says: /Nothing is served/,
  },
  "both a length and chunks": {
    sends: `${headOf("POST", url, { ...chunked, "Content-Length": 4 })}\r\n0\r\n\r\n`,
    status: 400,
    says: /not a whole HTTP request/,
  },
  "two lengths": {
    sends: `POST ${url} HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
    status: 400,
    says: /not a whole HTTP request/,
  },
  "chunks under a name that is none": {
    sends: `${headOf("POST", url, { ...json, "Transfer-Encoding": "xchunked" })}\r\n0\r\n\r\n`,
    status: 400,
    says: /not a whole HTTP request/,
  },
  "a chunk whose length is none": {
    sends: `${headOf("POST", url, chunked)}\r\nzz\r\n{}\r\n`,
    status: 400,
    says: /not a whole HTTP request/,
  },
  "a length below zero": {
    sends: `${headOf("POST", url, { ...json, "Content-Length": -1 })}\r\n`,
    status: 400,
    says: /not a whole HTTP request/,
  },
  "a length of 2^60": {
    sends: `${headOf("POST", url, { ...json, "Content-Length": 2 ** 60, Connection: "close" })}\r\n`,
    status: 413,
    says: /larger than 7 MiB/,
  },
  "a body shorter than its length": {
    sends: `${headOf("POST", url, { ...json, "Content-Length": 10_000 })}\r\n${goodBody}`,
    ends: true,
    status: 400,
    says: /not a whole HTTP request/,
  },
  "a body longer than its length": {
    sends: `${headOf("POST", url, { ...json, "Content-Length": 10 })}\r\n${goodBody}`,
    status: 400,
    says: /not a whole HTTP request/,
  },
  "gzip, which no API server sends": {
    sends: Buffer.concat([
      Buffer.from(
        `${headOf("POST", url, { ...json, "Content-Encoding": "gzip", "Content-Length": gzipSync(goodBody).length })}\r\n`,
      ),
      gzipSync(goodBody),
    ]),
    status: 400,
    says: /not JSON, or not all of it/,
  },
  "an expectation nobody knows": {
    sends: `${headOf("POST", url, { ...json, Expect: "a miracle", "Content-Length": 2 })}\r\n{}`,
    status: 417,
    says: /expectation/i,
  },
  "an upgrade to WebSocket": {
    sends: `${headOf("GET", url, { Connection: "Upgrade", Upgrade: "websocket" })}\r\n`,
    status: 404,
    says: /Nothing is served at GET/,
  },
  "a tunnel": { sends: `${headOf("CONNECT", "example.com:443")}\r\n`, status: 405, says: /no proxy/ },
  "a method that is none": { sends: `${headOf("BREW", url)}\r\n`, status: 400, says: /not a whole HTTP request/ },
  "one byte above 7 MiB, in one piece": {
    sends: postOf(url, " ".repeat(bodyLimit + 1)),
    status: 413,
    says: /larger than 7 MiB/,
  },
  "20 MiB in chunks": {
    sends: `${headOf("POST", url, chunked)}\r\n${`100000\r\n${" ".repeat(1 << 20)}\r\n`.repeat(20)}0\r\n\r\n`,
    status: 413,
    says: /larger than 7 MiB/,
  },
  "7 MiB of the smallest values": {
    sends: postOf(url, `[${"{},".repeat(2_000_000)}{}]`),
    status: 413,
    says: /more than 250,000 values/,
  },
  "7 MiB of one nesting": { sends: postOf(url, "[".repeat(bodyLimit)), status: 413, says: /more than 250,000 values/ },
};

/** Sends it over a new connection, and finds it answered as it has to be. */
const isAnswered = async (socket: Socket, { sends, status, says, ends }: Attack): Promise<void> => {
  const answering = answered(socket);
  if (ends) socket.end(sends);
  else socket.write(sends);
  const answer = await answering;
  socket.destroy();
  assert.equal(answer.status, status, answer.body.slice(0, 500));
  assert.match(answer.body, says);
};

describe("O5 over TLS, what is no request of an API server is answered with a status and a sentence", () => {
  for (const [name, attack] of Object.entries(attacks))
    test(name, async () => {
      await isAnswered(await dialTls(victim), attack);
      await stillAnswers(victim);
    });
});

test("O5 100 requests at once over one connection are answered in their order", async () => {
  const socket = await dialTls(victim);
  const bodies = Array.from({ length: 100 }, (_, at) => goodBody.replace("uid-1", `uid-${at}`));
  // Not ended: who half closes a connection has given up the answers that are not on their way yet.
  socket.write(bodies.map((body) => postOf(url, body)).join(""));
  let text = "";
  const uids = (): readonly number[] => [...text.matchAll(/"uid":"uid-(\d+)"/g)].map(([, uid]) => Number(uid));
  for await (const chunk of socket) {
    text += String(chunk);
    if (uids().length === bodies.length) break;
  }
  assert.deepEqual(uids(), bodies.keys().toArray());
});

test("O5 a review whose bytes arrive one by one is answered like any other", async () => {
  const socket = await dialTls(victim);
  const answering = answered(socket);
  for (const byte of Buffer.from(postOf(url, goodBody)))
    if (!socket.write(Buffer.of(byte))) await once(socket, "drain");
  assert.match((await answering).body, /"patchType":"JSONPatch"/);
  socket.destroy();
});

const noTls: Readonly<Record<string, (socket: Socket) => void>> = {
  "plain HTTP": (socket) => socket.write(postOf(url, goodBody)),
  garbage: (socket) => socket.write(randomBytes(4_000)),
  "a TLS record whose length is a lie": (socket) => socket.write(Buffer.from([22, 3, 1, 0xff, 0xff, 1, 2, 3])),
  "half a greeting, then nothing more": (socket) => socket.end(Buffer.from([22, 3, 1])),
  "an end at once": (socket) => socket.end(),
  "a reset at once": (socket) => socket.resetAndDestroy(),
};

/** TLS as the client sees it: over, while all that it sends after its greeting never arrives. */
const greetOnly = async (tcp: Socket): Promise<Socket> => {
  let greeted = false;
  const line = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      if (!greeted) tcp.write(chunk);
      greeted = true;
      done();
    },
  });
  tcp.on("data", (chunk: Buffer) => line.push(chunk));
  tcp.on("close", () => line.destroy());
  const socket = connectTls({ socket: line, ca: victim.ca, servername: "domicile.domicile-system.svc" });
  await once(socket, "secureConnect");
  return socket;
};

describe("O5 on the port of the webhooks, what is no TLS is cut off, and the next connection is answered", () => {
  for (const [name, attack] of Object.entries(noTls))
    test(name, async () => {
      const sockets = await Promise.all(Array.from({ length: 50 }, () => dialTcp(victim.webhooks)));
      const ends = sockets.map(heard);
      for (const socket of sockets) attack(socket);
      await Promise.all(ends);
      await stillAnswers(victim);
    });

  test("a handshake that never begins, stops or lacks its end is cut off without a word", async () => {
    const sockets = await Promise.all([dialTcp(victim.webhooks), dialTcp(victim.webhooks)]);
    sockets[0]?.write(Buffer.from([22, 3, 1, 0, 200, 1]));
    const silent = await greetOnly(await dialTcp(victim.webhooks));
    silent.write(postOf(url, goodBody));
    assert.deepEqual(await Promise.all([...sockets, silent].map(heard)), ["", "", ""]);
    await stillAnswers(victim);
  });

  test("a name that is not ours is served all the same: whoever asks decides by the certificate", async () => {
    const socket = connectTls({ port: victim.webhooks, ca: victim.ca, servername: "elsewhere.example" });
    const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
    assert.equal(error.code, "ERR_TLS_CERT_ALTNAME_INVALID");
    await stillAnswers(victim);
  });
});

describe("O5 the server of probes and metrics answers with a status and a sentence", () => {
  const cases: Readonly<Record<string, Attack>> = {
    garbage: { sends: randomBytes(2_000), status: 400, says: /not a whole HTTP request/ },
    "a body where none belongs": { sends: postOf("/healthz", goodBody), status: 413, says: /too large/ },
    "a percent sign that encodes nothing": {
      sends: `${headOf("GET", "/%zz")}\r\n`,
      status: 400,
      says: /cannot be read/,
    },
    "a long path": { sends: `${headOf("GET", `/${"a".repeat(9_000)}`)}\r\n`, status: 404, says: /are served here/ },
    "large headers": { sends: headOf("GET", "/readyz", { a: "a".repeat(20_000) }), status: 431, says: /too large/ },
    "a tunnel": { sends: `${headOf("CONNECT", "example.com:443")}\r\n`, status: 405, says: /no proxy/ },
    "no Host": { sends: "GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n", status: 200, says: /ok/ },
  };
  for (const [name, attack] of Object.entries(cases))
    test(name, async () => isAnswered(await dialTcp(victim.ops), attack));
});
