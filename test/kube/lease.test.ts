import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { get } from "../../src/kube/objects.ts";
import { resources } from "../../src/kube/resources.ts";
import { kubeconfigTo, openGround } from "./ground.ts";
import type { Ground } from "./ground.ts";
import { startProxy } from "./proxy.ts";

let ground: Ground;
before(async () => void (ground = await openGround()));
after(() => ground?.close());

/** What all candidates of one election said, in the order in which they said it. */
const electionOf = (namespace: string) => {
  const lines: string[] = [];
  const said = new EventEmitter();
  const stand = (identity: string, kubeconfig: string) => {
    const program = join(import.meta.dirname, "programs/candidate.ts");
    const child = spawn(process.execPath, [program, kubeconfig, namespace, identity], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    createInterface(child.stdout).on("line", (line) => {
      lines.push(`${identity} ${line}`);
      said.emit("line");
    });
    const ended = once(child, "close");
    return {
      kill: (signal: NodeJS.Signals): Promise<unknown> => {
        child.kill(signal);
        return ended;
      },
    };
  };
  const heard = async (line: string): Promise<void> => {
    while (!lines.includes(line)) await once(said, "line");
  };
  return { lines, stand, heard };
};

const holder = async (namespace: string): Promise<string | undefined> => {
  const lease = await get<{ readonly spec: { readonly holderIdentity?: string } }>(ground.transport, resources.leases, {
    namespace,
    name: "election",
  });
  return lease.spec.holderIdentity;
};

test("one of two candidates leads; when it is killed the other takes over", async () => {
  const namespace = await ground.namespace();
  const { lines, stand, heard } = electionOf(namespace);
  const { kubeconfig } = ground.cluster.session;
  const first = stand("a", kubeconfig);
  await heard("a leading");
  const second = stand("b", kubeconfig);
  try {
    await heard("b standby");
    assert.equal(await holder(namespace), "a");
    assert.ok(!lines.includes("b leading"));
    await first.kill("SIGKILL");
    await heard("b leading");
    assert.equal(await holder(namespace), "b");
  } finally {
    await Promise.all([first.kill("SIGKILL"), second.kill("SIGKILL")]);
  }
});

test("a leader that is asked to stop ends its work, then gives the lease back", async () => {
  const namespace = await ground.namespace();
  const { lines, stand, heard } = electionOf(namespace);
  const only = stand("a", ground.cluster.session.kubeconfig);
  await heard("a leading");
  await only.kill("SIGTERM");
  assert.deepEqual(lines, ["a leading", "a stopped", "a released"]);
  assert.equal((await holder(namespace)) ?? "", "");
});

test("a leader that is cut off stops before another leads, and stands again when it is back", async () => {
  const namespace = await ground.namespace();
  const { lines, stand, heard } = electionOf(namespace);
  const proxy = await startProxy();
  const first = stand("a", kubeconfigTo(ground.cluster, proxy.url));
  await heard("a leading");
  const second = stand("b", ground.cluster.session.kubeconfig);
  try {
    await heard("b standby");
    proxy.freeze();
    await heard("b leading");
    assert.ok(lines.includes("a stopped"), lines.join(", "));
    assert.ok(lines.indexOf("a stopped") < lines.indexOf("b leading"), lines.join(", "));
    proxy.open();
    proxy.cut();
    await heard("a standby");
  } finally {
    await Promise.all([first.kill("SIGKILL"), second.kill("SIGKILL")]);
    await proxy.close();
  }
});
