import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { loadCredentials } from "../../../src/kube/credentials.ts";

const folder = mkdtempSync(join(tmpdir(), "domicile-credentials-"));
after(() => rmSync(folder, { recursive: true }));

/** A kubeconfig file whose only user and cluster are these. */
const kubeconfig = (name: string, user: object, cluster: object = { server: "https://10.0.0.1:6443/base" }): string => {
  const file = join(folder, name);
  const context = { cluster: "c", user: "u", namespace: "shop" };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "x",
    contexts: [{ name: "x", context }],
    clusters: [{ name: "c", cluster }],
    users: [{ name: "u", user }],
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
};

const headersFor = async (user: object): Promise<Readonly<Record<string, string>>> =>
  (await loadCredentials({ kubeconfig: kubeconfig("user", user) }).current()).headers;

test("server, path and namespace come from the current context", () => {
  const { server, namespace } = loadCredentials({ kubeconfig: kubeconfig("plain", { token: "t" }) });
  assert.deepEqual([server.href, namespace], ["https://10.0.0.1:6443/base", "shop"]);
});

test("a token file is read for every request, without its last newline", async () => {
  const tokenFile = join(folder, "token");
  writeFileSync(tokenFile, "from-a-file\n");
  const user = { "auth-provider": { name: "tokenFile", config: { tokenFile } } };
  const { current } = loadCredentials({ kubeconfig: kubeconfig("rotating", user) });
  assert.equal((await current()).headers["authorization"], "Bearer from-a-file");
  writeFileSync(tokenFile, "rotated");
  assert.equal((await current()).headers["authorization"], "Bearer rotated");
});

test("an exec plugin is run for its token", async () => {
  const credential = { kind: "ExecCredential", status: { token: "from-a-plugin" } };
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: process.execPath,
    args: ["-e", `process.stdout.write(${JSON.stringify(JSON.stringify(credential))})`],
  };
  assert.equal((await headersFor({ exec }))["authorization"], "Bearer from-a-plugin");
});

test("a name and a password become basic authentication", async () => {
  const { authorization } = await headersFor({ username: "jane", password: "p" });
  assert.equal(authorization, `Basic ${Buffer.from("jane:p").toString("base64")}`);
});

test("a kubeconfig that is not there is named", () => {
  assert.throws(() => loadCredentials({ kubeconfig: join(folder, "absent") }), /absent cannot be used: ENOENT/);
});

test("a kubeconfig without a server and a SOCKS proxy are refused with a sentence", () => {
  assert.throws(
    () => loadCredentials({ kubeconfig: kubeconfig("none", {}, { server: "" }) }),
    /none cannot be used: .*server is missing/,
  );
  const socks = { server: "https://10.0.0.1", "proxy-url": "socks5://127.0.0.1:1" };
  assert.throws(() => loadCredentials({ kubeconfig: kubeconfig("socks", {}, socks) }), /only http and https proxies/);
});
