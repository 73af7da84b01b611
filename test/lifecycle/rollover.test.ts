import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { ref, type KubeObject } from "../cluster/objects.ts";
import { home, installDomicile } from "../e2e/domicile.ts";
import { readyReplicas, untilLeader } from "../e2e/replicas.ts";
import { closeStage, furnish, inside, openStage, scaleTo, type Stage } from "./stage.ts";
import { secretRef, startWitness, textsOf, type Texts, type Witness } from "./witness.ts";

const secretName = "domicile-webhook-tls";
/** Short enough to see several of each, long enough that a busy machine renews in time. */
const lifetimes = ["--ca-duration=21s", "--leaf-duration=7s"];

let stage: Stage;
let witness: Witness;
before(async () => {
  stage = await openStage();
  await installDomicile(stage.cluster, { logLevel: "trace", extraArgs: lifetimes });
  await furnish(stage);
  witness = startWitness(stage.cluster, inside, secretName);
});
after(async () => {
  await witness.end();
  await closeStage(stage);
});

const secret = secretRef(secretName);
const untilTexts = async (describe: string, holds: (texts: Texts) => boolean): Promise<Texts> =>
  textsOf(await stage.cluster.admin.until<KubeObject>(secret, (now) => holds(textsOf(now)), { describe }));
const current = (): Promise<Texts> => untilTexts("the Secret is there", () => true);
const isAlone = (texts: Texts): boolean =>
  texts["ca.crt"]?.startsWith("-----BEGIN") === true &&
  texts["next-ca.crt"] === undefined &&
  texts["former-ca.crt"] === undefined;
const untilFollowed = (ca: string | undefined): Promise<Texts> =>
  untilTexts("another authority has followed", (texts) => texts["ca.crt"] !== ca && isAlone(texts));
const nothingFailed = (): void => assert.deepEqual(witness.faults().slice(0, 3), []);

test("O3 through a rollover of the authority and several of the leaf no request fails", async () => {
  await untilFollowed((await current())["ca.crt"]);
  nothingFailed();
});

test("O3 a leader that goes in the middle of the next rollover leaves it to another, and no request fails", async () => {
  const { cluster } = stage;
  const before = await current();
  const leader = await untilLeader(cluster);
  await untilTexts("a next authority is staged", (texts) => texts["next-ca.crt"] !== undefined);
  await must(cluster.admin.delete(ref("v1", "Pod", leader, home)));
  await untilFollowed(before["ca.crt"]);
  await untilLeader(cluster, leader);
  await scaleTo(cluster, 2);
  nothingFailed();
});

test("O3 a Secret that is deleted is followed by one with other keys, and no request fails", async () => {
  const lost = await current();
  await must(stage.cluster.admin.delete(secret));
  const found = await untilFollowed(lost["ca.crt"]);
  assert.notEqual(found["ca.key"], lost["ca.key"]);
  assert.notEqual(found["tls.key"], lost["tls.key"]);
  nothingFailed();
});

test("O3 a Secret that somebody overwrites with nonsense is mended, and no request fails", async () => {
  const lost = await current();
  const nonsense = Buffer.from("nonsense").toString("base64");
  const data = Object.fromEntries(["tls.crt", "tls.key", "ca.crt", "ca.key"].map((key) => [key, nonsense]));
  await must(stage.cluster.admin.patch(secret, { data }));
  await untilFollowed(lost["ca.crt"]);
  nothingFailed();
});

test("O7 a replica that logs everything logs no key, and no certificate", async (t) => {
  const distinct = (key: string): number => new Set(witness.contents.map((texts) => texts[key])).size;
  t.diagnostic(
    `${JSON.stringify(witness.counted())}, leaves: ${distinct("tls.crt")}, authorities: ${distinct("ca.crt")}`,
  );
  assert.ok(distinct("tls.crt") > 6 && distinct("ca.crt") > 4);
  const words = witness.contents.flatMap((texts) => Object.values(texts).flatMap(linesOf));
  for (const { name } of await readyReplicas(stage.cluster)) {
    const log = stage.home.logs({ name, namespace: home });
    assert.match(log, /the certificates' Secret was written|serving with a new certificate/);
    assert.doesNotMatch(log, /PRIVATE KEY|BEGIN CERTIFICATE/);
    assert.deepEqual(
      words.filter((word) => log.includes(word)),
      [],
    );
  }
});

/** Lines of PEM, and the same as they stand in the Secret's JSON. */
const linesOf = (text: string): readonly string[] =>
  [...text.split("\n"), Buffer.from(text).toString("base64")].filter((line) => line.length > 32);
