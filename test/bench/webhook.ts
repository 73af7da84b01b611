import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../src/admission/paths.ts";
import { entrypoint } from "../e2e/domicile.ts";
import { openClient, wireOf, type Client } from "./client.ts";
import type { Measure } from "./measure.ts";
import { bindingReview, podReview } from "./reviews.ts";
import { interval, median, quantile } from "./samples.ts";

/** A server in a process of its own, and the connections to it. */
type Side = { readonly clients: readonly Client[]; readonly cpuMs: () => number; readonly stop: () => void };

const connections = 16;
const rounds = 15;
const roundMs = 1_000;
const perSecond = 500;
const pods = wireOf(`${paths.mutatePods}/us`, podReview(3_000));
const bindings = wireOf(`${paths.bindPods}/us`, bindingReview("ash-1"));
/** Node with the flags and the environment of the image, for both sides: they cost each some garbage collection. */
const runtime = entrypoint().slice(0, -1);
/** The kernel counts in hundredths of a second. */
const tickMs = 10;

const start = async (program: string): Promise<Side> => {
  // What is logged goes where a container runtime would read it: into a pipe.
  const reader = spawn("cat", { stdio: ["pipe", "ignore", "inherit"] });
  const [command = "", ...args] = runtime;
  const child = spawn(command, [...args, join(import.meta.dirname, program)], {
    stdio: ["ignore", reader.stdin, "inherit", "ipc"],
  });
  const [{ webhooks, ca }] = (await once(child, "message")) as [{ readonly webhooks: number; readonly ca: string }];
  const clients = await Promise.all(Array.from({ length: connections }, () => openClient(webhooks, ca)));
  return {
    clients,
    cpuMs: () => {
      const [user = 0, system = 0] =
        readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1]?.split(" ").slice(11, 13).map(Number) ?? [];
      return (user + system) * tickMs;
    },
    stop: () => {
      for (const client of clients) client.close();
      child.disconnect();
      reader.stdin.end();
    },
  };
};

type Load = { readonly perSecond: number; readonly cpuMs: number };

/** Requests per second, and CPU time for each, with as many under way as there are connections. */
const throughput = async ({ clients, cpuMs }: Side): Promise<Load> => {
  const [begun, cpu] = [performance.now(), cpuMs()];
  let done = 0;
  const worker = async (client: Client): Promise<void> => {
    while (performance.now() - begun < roundMs) {
      await client.ask(pods);
      done++;
    }
  };
  await Promise.all(clients.map(worker));
  return { perSecond: (done / (performance.now() - begun)) * 1_000, cpuMs: (cpuMs() - cpu) / done };
};

/**
 * Milliseconds of requests that come when they are due, whether or not others were answered, counted from when they
 * were due: a server that stalls is charged for all who would have waited.
 */
const latencies =
  (wire: Buffer) =>
  async ({ clients }: Side): Promise<readonly number[]> => {
    const begun = performance.now();
    const waits: number[] = [];
    const wanted = (perSecond * roundMs) / 1_000;
    let next = 0;
    const worker = async (client: Client): Promise<void> => {
      while (next < wanted) {
        const due = begun + (next++ * 1_000) / perSecond;
        while (performance.now() < due) await new Promise(setImmediate);
        await client.ask(wire);
        waits.push(performance.now() - due);
      }
    };
    await Promise.all(clients.map(worker));
    return waits;
  };

const inTurn = async <T>(
  first: Side,
  second: Side,
  measure: (side: Side) => Promise<T>,
): Promise<readonly [T, T][]> => {
  const pairs: [T, T][] = [];
  for (let round = 0; round < rounds; round++) {
    // Whoever comes first is not always the same.
    if (round % 2 === 0) pairs.push([await measure(first), await measure(second)]);
    else {
      const other = await measure(second);
      pairs.push([await measure(first), other]);
    }
  }
  return pairs;
};

const p99 = (samples: readonly number[]): number => quantile(samples, 0.99);

/** The server of the webhooks beside fastify alone, over TLS and in processes of their own. */
export const webhookSection = async function* (): AsyncGenerator<Measure> {
  const [domicile, echo] = await Promise.all([start("../hostile/program.ts"), start("echo.ts")]);
  try {
    for (const side of [domicile, echo]) {
      await throughput(side);
      await throughput(side);
    }
    const rates = await inTurn(domicile, echo, throughput);
    yield {
      title: "webhook / echo: requests per second at 16 connections",
      unit: "",
      ...interval(rates, (drawn) => median(drawn.map(([ours, bare]) => ours.perSecond / bare.perSecond))),
      target: { atLeast: 0.8 },
    };
    yield { title: "webhook", unit: "1/s", value: median(rates.map(([ours]) => ours.perSecond)) };
    yield { title: "echo", unit: "1/s", value: median(rates.map(([, bare]) => bare.perSecond)) };
    yield {
      // What is left when client and server have cores of their own, and nobody else runs.
      title: "echo / webhook: CPU time per request",
      unit: "",
      ...interval(rates, (drawn) => median(drawn.map(([ours, bare]) => bare.cpuMs / ours.cpuMs))),
    };

    for (const [title, wire] of [
      ["webhook", pods],
      ["binding gate", bindings],
    ] as const) {
      const waits = await inTurn(domicile, echo, latencies(wire));
      yield {
        title: `${title} / echo: p99 at 500 requests per second`,
        unit: "",
        ...interval(waits, (drawn) => median(drawn.map(([ours, bare]) => p99(ours) / p99(bare)))),
        target: { atMost: 2 },
      };
      yield { title: `${title} p99`, unit: "ms", value: median(waits.map(([ours]) => p99(ours))) };
      yield { title: "echo p99", unit: "ms", value: median(waits.map(([, bare]) => p99(bare))) };
    }
  } finally {
    for (const { stop } of [domicile, echo]) stop();
  }
};
