import assert from "node:assert/strict";
import { test } from "node:test";
import { Client, request } from "undici";
import { paths } from "../../src/admission/paths.ts";
import { recorded } from "../unit/admission/recorded.ts";
import { pod, review } from "../unit/admission/reviews.ts";
import { startVictim } from "./victim.ts";
import { answered, dialTls, headOf } from "./wire.ts";

// O7: whatever stands in a review, or is sent instead of one, is in no log line, event or metric but for the names
// of objects and namespaces and what a refusal is about.

const word = "tell-nobody";
const personal = {
  userInfo: {
    username: `jane-${word}`,
    uid: word,
    groups: [word, "system:authenticated"],
    extra: { "example.com/mail": [word] },
  },
  options: { fieldManager: word },
};
const secretive = pod(
  {
    containers: [
      {
        name: word,
        image: word,
        args: [word],
        env: [{ name: word, value: word }],
        envFrom: [{ secretRef: { name: word } }],
      },
    ],
    serviceAccountName: word,
    imagePullSecrets: [{ name: word }],
    volumes: [{ name: word, csi: { driver: word, volumeAttributes: { token: word } } }],
  },
  { labels: { [word]: word }, annotations: { [word]: word, "kubectl.kubernetes.io/last-applied-configuration": word } },
);
const abroad = { ...secretive, spec: { ...(secretive["spec"] as object), nodeName: "abroad" } };

/** Every text of the object, at whatever depth, is the word: but for what names it. */
const everywhere = (text: string): string => {
  const named = new Set(["uid", "kind", "group", "version", "apiVersion", "operation", "name", "namespace"]);
  return JSON.stringify(
    JSON.parse(text, (key, value: unknown) => (typeof value === "string" && !named.has(key) ? word : value)),
  );
};

const bodies: readonly string[] = [
  ...[secretive, abroad].map((object) => JSON.stringify(review(object, personal))),
  JSON.stringify(review(secretive, { ...personal, operation: "UPDATE", oldObject: abroad })),
  // Not understood: what is said of it must not repeat it.
  JSON.stringify(review(word, personal)),
  JSON.stringify(review({ ...secretive, spec: { nodeName: { [word]: word } } }, personal)),
  JSON.stringify({ [word]: word, kind: "AdmissionReview", apiVersion: "admission.k8s.io/v1", request: word }),
  JSON.stringify(review(secretive, personal)).slice(0, -20),
  `{"${word}": ${word}`,
  ...Object.values(recorded).map(everywhere),
];

for (const mode of ["Enforce", "Audit"] as const) {
  test(`nothing of what reviews hold, or of who sent them, is told in a zone in ${mode} (O7)`, async () => {
    using victim = await startVictim(mode);
    const servername = "domicile.domicile-system.svc";
    const client = new Client(`https://127.0.0.1:${victim.webhooks}`, { connect: { ca: victim.ca, servername } });
    const headers = { "content-type": "application/json" };
    const urls = Object.values(paths).flatMap((path) => [path, `${path}/us`, `${path}/${word}`]);
    for (const path of urls)
      for (const body of bodies) await (await client.request({ method: "POST", path, headers, body })).body.dump();
    await client.close();
    const broken = [
      `${headOf("POST", `/${word}?token=${word}`, { Authorization: `Bearer ${word}`, "Content-Length": 0 })}\r\n`,
      `${headOf("POST", paths.mutatePods, { Cookie: word, "Content-Type": word, "Content-Length": 2 })}\r\n{}`,
      `${word}\r\n\r\n`,
    ];
    for (const sent of broken) {
      const socket = await dialTls(victim);
      const answer = answered(socket);
      socket.write(sent);
      await answer;
      socket.destroy();
    }

    const metrics = await (await request(`http://127.0.0.1:${victim.ops}/metrics`)).body.text();
    assert.match(metrics, /domicile_admission_decisions_total\{[^}]*zone="us"/);
    // The last line may still be on its way; the channel that says so closes only after all were written.
    await victim.stop();
    const { log, events } = victim.said();
    assert.match(log, /"reason":"NodeNameSet"/);
    if (mode === "Audit") assert.match(events, /spec\.nodeName is/);
    for (const [what, text] of Object.entries({ log, events, metrics }))
      assert.equal(
        text.includes(word),
        false,
        `${what}: ${text.slice(Math.max(0, text.indexOf(word) - 300)).slice(0, 400)}`,
      );
  });
}
