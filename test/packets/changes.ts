import assert from "node:assert/strict";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { askUntil } from "../cluster/asking.ts";
import type { Client } from "../cluster/client.ts";
import { must } from "../cluster/client.ts";
import { ref, type KubeObject } from "../cluster/objects.ts";
import { output } from "../cluster/spawned.ts";
import { home, untilSealed } from "../e2e/domicile.ts";
import { policy } from "../e2e/policies.ts";
import { readyReplicas } from "../e2e/replicas.ts";
import { namespaceOf, relabel } from "../e2e/resources.ts";
import { outside, pods, zone } from "./names.ts";
import type { Stage } from "./stage.ts";
import { rows, settle, wanted, type Row } from "./table.ts";

const program = join(import.meta.dirname, "..", "..", "dist", "domicile.js");
const registration = "admissionregistration.k8s.io/v1";
const { namespace } = pods.client;

/** What a pod of the zone meets: refused by UDP at once, where TCP learns of a refusal after a second. */
const abroad = (wants: Row["wants"]): readonly Row[] =>
  rows(wants, "client", [
    { address: outside.foreign, port: 8000, protocol: "UDP" },
    { address: outside.foreign6, port: 8000, protocol: "UDP" },
    { address: outside.metadata, port: 443 },
  ]);
const home4 = rows("open", "client", [{ address: outside.approved, port: 443 }]);

const meets = async ({ send }: Stage, all: readonly Row[]): Promise<void> =>
  assert.deepEqual(await settle(send, all), wanted(all));

/** While every replica stands still, so that nothing is refused by webhooks, seen or put back. */
const whileNobodyLooks = async ({ cluster, home: node }: Stage, act: () => Promise<void>): Promise<void> => {
  const replicas = await readyReplicas(cluster);
  assert.equal(replicas.length, 2);
  const signal = (word: NodeJS.Signals): void =>
    replicas.forEach(({ name }) => node.kill({ name, namespace: home }, word));
  signal("SIGSTOP");
  try {
    await act();
  } finally {
    signal("SIGCONT");
  }
};

/** Says how long it took, which no test depends on. */
const told = async (t: TestContext, what: string, until: () => Promise<unknown>): Promise<void> => {
  const began = performance.now();
  await until();
  t.diagnostic(`${what}: ${Math.round(performance.now() - began)} ms`);
};

const isolate = policy("domicile-isolate", namespace);
const allow = policy("domicile-allow", namespace);
const edits: Readonly<Record<string, (thief: Client) => Promise<unknown>>> = {
  deleted: async (thief) => Promise.all([must(thief.delete(isolate)), must(thief.delete(allow))]),
  "given egress: [{}]": async (thief) => must(thief.patch(allow, { spec: { egress: [{}] } })),
};

type OnStage = (body: (stage: Stage, t: TestContext) => Promise<void>) => (t: TestContext) => Promise<void> | void;

/** What happens to packets while policies, registrations and namespaces change; the table of the zone must stand. */
export const changeTests = (onStage: OnStage): void => {
  for (const [what, edit] of Object.entries(edits))
    test(
      `E3 our policy ${what} behind Domicile's back opens the zone's pods, and is closed again when it looks`,
      onStage(async (stage, t) => {
        const thief = await stage.cluster.asServiceAccount(home, "domicile");
        await whileNobodyLooks(stage, async () => {
          await edit(thief);
          await meets(stage, abroad("open"));
        });
        await told(t, "closed again", () => meets(stage, [...abroad("refused"), ...home4]));
      }),
    );

  test(
    "E1 a policy that widens, forced in with both halves away, opens what it says, and audit names it",
    onStage(async (stage, t) => {
      const { cluster } = stage;
      const { admin } = cluster;
      const wide = { ...policy("wide", namespace), spec: { podSelector: {}, policyTypes: ["Egress"], egress: [{}] } };
      const halves = [
        ref(registration, "ValidatingWebhookConfiguration", "domicile"),
        ref(registration, "ValidatingAdmissionPolicyBinding", "domicile-containment"),
      ];
      await whileNobodyLooks(stage, async () => {
        for (const half of halves) await must(admin.delete(half));
        await askUntil(
          () => admin.create(wide),
          ({ ok }) => ok,
          { describe: "nobody refuses it" },
        );
      });
      const audit = () =>
        output(process.execPath, [program, "audit", zone], { env: { KUBECONFIG: cluster.session.kubeconfig } });
      await told(t, "named by audit", () =>
        askUntil(audit, ({ code, stdout }) => code === 1 && stdout.includes(`NetworkPolicy ${namespace}/wide\n`), {
          describe: "audit names the policy",
        }),
      );
      await meets(stage, abroad("open"));
      await must(admin.delete(wide));
      await told(t, "closed again", () => meets(stage, [...abroad("refused"), ...home4]));
      for (const half of halves) await admin.until(half, () => true, { describe: `${half.kind} is there again` });
    }),
  );

  test(
    "E10 a namespace that joins while its pod runs is closed to what is new, and open again when it has left",
    onStage(async (stage) => {
      const { cluster, addPod, send } = stage;
      const mover = { name: "mover", namespace: "packets-moving" };
      const at = ref("v1", "Namespace", mover.namespace);
      const moverMeets = (wants: Row["wants"]): Promise<unknown> =>
        askUntil(
          () =>
            send(
              mover,
              [...abroad(wants), ...home4].map(({ to }) => to),
            ),
          (met) => met.slice(0, -1).every((one) => one === wants) && met.at(-1) === "open",
          { describe: `a pod of ${mover.namespace} meets ${wants} abroad` },
        );
      await must(cluster.admin.create(namespaceOf(mover.namespace)));
      await cluster.admin.until(ref("v1", "ServiceAccount", "default", mover.namespace), () => true, {
        describe: "its service account is there",
      });
      await addPod(mover, "a");
      await moverMeets("open");
      await relabel(cluster.admin, mover.namespace, { "domicile.dev/zone": zone });
      await untilSealed(cluster, mover.namespace, zone);
      await moverMeets("refused");

      await must(cluster.admin.delete(ref("v1", "Pod", mover.name, mover.namespace), { gracePeriodSeconds: 0 }));
      await askUntil(
        () => cluster.admin.patch<KubeObject>(at, { metadata: { labels: { "domicile.dev/zone": null } } }),
        ({ ok }) => ok,
        { describe: `${mover.namespace} is let go` },
      );
      await askUntil(
        () =>
          addPod(mover, "a").then(
            () => true,
            () => false,
          ),
        (made) => made,
        { describe: "pods are made there again" },
      );
      await moverMeets("open");
    }),
  );
};
