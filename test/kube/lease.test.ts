import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { startInformer } from "../../src/kube/informer.ts";
import { openLease } from "../../src/kube/lease.ts";
import { get } from "../../src/kube/objects.ts";
import { resources } from "../../src/kube/resources.ts";
import { clock } from "../../src/ops/clock.ts";
import { configMaps } from "./config-maps.ts";
import { kubeconfigTo, openGround } from "./ground.ts";
import type { Ground } from "./ground.ts";
import { startProxy } from "./proxy.ts";

let ground: Ground;
before(async () => void (ground = await openGround()));
after(() => ground?.close());

/** An election in a namespace of its own: what its candidates say, and whose writes the API server stores, in their order. */
const openElection = async () => {
  const namespace = await ground.namespace();
  const lines: string[] = [];
  const writers: string[] = [];
  const children: ReturnType<typeof spawn>[] = [];
  const said = new EventEmitter().setMaxListeners(0);
  const end = new AbortController();
  const written = startInformer(
    {
      transport: ground.transport,
      resource: configMaps,
      project: ({ data }) => data as { readonly by: string } | undefined,
      timers: clock,
      report: () => {},
      selection: { namespace, fieldSelector: "metadata.name=written" },
    },
    end.signal,
  );
  await written.store.synced;
  written.store.subscribe((_key, _before, now) => {
    if (now !== undefined) writers.push(now.by);
    said.emit("said");
  });
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await once(said, "said");
  };

  return {
    lines,
    writers,
    until,
    heard: (line: string) => until(() => lines.includes(line)),
    /** Resolves when `identity` has written so many times more. */
    writes: (identity: string, more: number): Promise<void> => {
      const count = () => writers.filter((writer) => writer === identity).length;
      const enough = count() + more;
      return until(() => count() >= enough);
    },
    stand: (identity: string, { kubeconfig = ground.cluster.session.kubeconfig, hoursWrong = 0 } = {}) => {
      const program = join(import.meta.dirname, "programs/candidate.ts");
      const child = spawn(process.execPath, [program, kubeconfig, namespace, identity, String(hoursWrong)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      children.push(child);
      createInterface(child.stdout).on("line", (line) => {
        lines.push(`${identity} ${line}`);
        said.emit("said");
      });
      const ended = once(child, "close");
      return {
        send: (signal: NodeJS.Signals) => void child.kill(signal),
        kill: (signal: NodeJS.Signals): Promise<unknown> => {
          child.kill(signal);
          return ended;
        },
      };
    },
    holder: async (): Promise<string | undefined> => {
      const place = { namespace, name: "election" };
      const lease = await get<{ readonly spec: { readonly holderIdentity?: string } }>(
        ground.transport,
        resources.leases,
        place,
      );
      return lease.spec.holderIdentity;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(
        children.map(async (child) => {
          const ended = child.exitCode === null && child.signalCode === null ? once(child, "close") : undefined;
          child.kill("SIGKILL");
          await ended;
        }),
      );
      end.abort();
      await written.done;
    },
  };
};

/** Whether every write of `first` was stored before the first one of `second`. */
const inTurn = (writers: readonly string[], first: string, second: string): boolean =>
  writers.includes(first) && writers.includes(second) && writers.lastIndexOf(first) < writers.indexOf(second);

test("one of two candidates leads, whatever hours their clocks show and jump; when it is killed the other takes over (O3)", async () => {
  await using election = await openElection();
  const { lines, writers, stand, heard, writes, holder } = election;
  const first = stand("a", { hoursWrong: -5 });
  await heard("a leading");
  const second = stand("b", { hoursWrong: 5 });
  await heard("b standby");
  // Longer than a lease lasts in each of the two positions, told by a's own writes.
  await writes("a", 80);
  first.send("SIGUSR2");
  second.send("SIGUSR2");
  await writes("a", 80);
  // On a machine that is busy enough a lease may run out; then it was given up before.
  assert.ok(lines.includes("a stopped") || !lines.includes("b leading"), lines.join(", "));
  await first.kill("SIGKILL");
  await writes("b", 3);
  assert.equal(await holder(), "b");
  assert.ok(inTurn(writers, "a", "b"));
});

test("who holds the lease is seen at work once it is renewed: of who died only the name is left", async () => {
  const place = { namespace: await ground.namespace(), name: "election" };
  const { signal } = new AbortController();
  const [leader, other] = ["a", "b"].map((name) => openLease(ground.transport, place, name, 15_000, clock));
  assert.ok(leader && other);
  assert.deepEqual(await leader.hold(signal), { kind: "ours" });
  const named = { kind: "theirs", holder: "a", renewed: false };
  assert.deepEqual([await other.hold(signal), await other.hold(signal)], [named, named]);
  await leader.hold(signal);
  assert.deepEqual(await other.hold(signal), { ...named, renewed: true });
});

test("a leader that is asked to stop ends its work, then gives the lease back", async () => {
  await using election = await openElection();
  const { lines, stand, heard, holder } = election;
  const only = stand("a");
  await heard("a leading");
  await only.kill("SIGTERM");
  assert.deepEqual(lines, ["a leading", "a stopped", "a released"]);
  assert.equal((await holder()) ?? "", "");
});

test("a leader that is cut off writes nothing more before another begins, and stands again when it is back (O3)", async () => {
  const proxy = await startProxy();
  {
    await using election = await openElection();
    const { lines, writers, stand, heard, writes } = election;
    stand("a", { kubeconfig: kubeconfigTo(ground.cluster, proxy.url) });
    await writes("a", 3);
    stand("b");
    await heard("b standby");
    proxy.freeze();
    await writes("b", 3);
    assert.ok(lines.indexOf("a stopped") !== -1, lines.join(", "));
    assert.ok(lines.indexOf("a stopped") < lines.indexOf("b leading"), lines.join(", "));
    proxy.open();
    proxy.cut();
    await heard("a standby");
    await writes("b", 3);
    assert.ok(inTurn(writers, "a", "b"), writers.join(""));
  }
  await proxy.close();
});

test("a leader that stood still wakes up to write nothing: another may have begun (O3)", async () => {
  await using election = await openElection();
  const { lines, writers, stand, heard, writes } = election;
  const first = stand("a");
  await writes("a", 3);
  stand("b");
  await heard("b standby");
  first.send("SIGSTOP");
  await writes("b", 3);
  first.send("SIGCONT");
  await heard("a stopped");
  await heard("a standby");
  await writes("b", 3);
  assert.ok(inTurn(writers, "a", "b"), writers.join(""));
  assert.ok(lines.includes("a lost"));
});
