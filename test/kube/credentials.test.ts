import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { loadCredentials } from "../../src/kube/credentials.ts";
import { connect } from "../../src/kube/transport.ts";
import type { Transport } from "../../src/kube/transport.ts";
import { openGround, until } from "./ground.ts";
import type { Ground } from "./ground.ts";
import { cut, startRelay } from "./relay.ts";
import type { Relay } from "./relay.ts";
import { changes, startWatched } from "./watched.ts";

let ground: Ground;
let relay: Relay;
before(async () => {
  ground = await openGround();
  relay = await startRelay(ground.cluster);
});
after(async () => {
  await ground?.close();
  await relay?.close();
});

/** A namespace whose service account `reader` may read its config maps, and a new token of it at each call. */
const openReader = async () => {
  const namespace = await ground.namespace();
  const kubectl = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await ground.cluster.kubectl([...args, `--namespace=${namespace}`]);
    assert.equal(code, 0, stderr);
    return stdout.trim();
  };
  await kubectl("create", "serviceaccount", "reader");
  await kubectl("create", "rolebinding", "reader", "--clusterrole=view", `--serviceaccount=${namespace}:reader`);
  return { namespace, newToken: () => kubectl("create", "token", "reader"), ...changes(ground.transport, namespace) };
};

/** A transport through the relay for a user of these words in a kubeconfig. */
const connectAs = (namespace: string, user: object): Transport => {
  const { folder, authority } = ground.cluster.session;
  const file = join(folder, `${namespace}.kubeconfig`);
  const ca = Buffer.from(authority.cert).toString("base64");
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "x",
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    clusters: [{ name: "c", cluster: { server: relay.url, "certificate-authority-data": ca } }],
    users: [{ name: "u", user }],
  };
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return connect(loadCredentials({ kubeconfig: file, pluginMs: 1_000 }));
};

test("a token file that is rotated counts from the next request on, and a 401 in between costs no list", async () => {
  const { namespace, newToken, put } = await openReader();
  const tokenFile = join(ground.cluster.session.folder, `${namespace}.token`);
  const first = await newToken();
  writeFileSync(tokenFile, `${first}\n`);
  const transport = connectAs(namespace, { "auth-provider": { name: "tokenFile", config: { tokenFile } } });
  {
    const opened = relay.next(`/${namespace}/configmaps?watch=1`, cut);
    await using watched = startWatched(transport, namespace);
    await watched.store.synced;
    // Before it says yes to the watch the API server has never heard of whoever comes.
    writeFileSync(tokenFile, "expired");
    await opened;
    await watched.fault(({ cause }) => cause === "unauthorized");
    const second = await newToken();
    writeFileSync(tokenFile, second);
    await put("a", "1");
    await until(watched.store, (view) => view.has(`${namespace}/a`));
    const ours = relay.seen.filter(({ line }) => line.includes(`/${namespace}/`));
    assert.equal(ours.at(0)?.authorization, `Bearer ${first}`);
    assert.equal(ours.at(-1)?.authorization, `Bearer ${second}`);
    assert.equal(ours.filter(({ line }) => !line.includes("watch=1")).length, 1);
  }
  await transport.close();
});

test("an exec plugin that fails, prints junk, hangs, or gives a token that is refused is run again until it works", async () => {
  const { namespace, newToken, put } = await openReader();
  const { folder } = ground.cluster.session;
  const script = join(folder, `${namespace}.sh`);
  const credential = (token: string) =>
    `echo '${JSON.stringify({ kind: "ExecCredential", status: { token } })}'; echo run >> ${script}.runs`;
  writeFileSync(script, "echo 'log in first' >&2; exit 3");
  const transport = connectAs(namespace, { exec: { command: "/bin/sh", args: [script] } });
  const saying =
    (pattern: RegExp) =>
    ({ message }: { readonly message: string }) =>
      pattern.test(message);
  {
    await using watched = startWatched(transport, namespace);
    await watched.fault(saying(/credential plugin "\/bin\/sh" failed with exit code 3: log in first/));
    writeFileSync(script, "echo Welcome!");
    await watched.fault(saying(/printed no ExecCredential/));
    writeFileSync(script, "sleep 9");
    await watched.fault(saying(/did not end within 1 s and was ended/));
    writeFileSync(script, credential("expired"));
    await watched.fault(({ cause }) => cause === "unauthorized");
    const token = await newToken();
    writeFileSync(script, credential(token));
    await watched.store.synced;
    await put("a", "1");
    await until(watched.store, (view) => view.has(`${namespace}/a`));
    const runs = readFileSync(`${script}.runs`, "utf8").trim().split("\n").length;
    const refused = watched.problems.filter(({ cause }) => cause === "unauthorized").length;
    assert.equal(runs, refused + 1, "a plugin is run once for each refusal, and not for each request");
  }
  await transport.close();
});
