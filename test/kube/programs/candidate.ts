import { readFileSync } from "node:fs";
import { fenced } from "../../../src/kube/fenced.ts";
import { lead } from "../../../src/kube/leader.ts";
import { openLease } from "../../../src/kube/lease.ts";
import { apply } from "../../../src/kube/objects.ts";
import { connect } from "../../../src/kube/transport.ts";
import { clock } from "../../../src/ops/clock.ts";
import { configMap, configMaps } from "../config-maps.ts";

// A process that stands for election, writes its name into a ConfigMap for as long as it leads, and says on each line
// what it does. Arguments: kubeconfig, namespace, identity, hours by which its wall clock is wrong. SIGUSR2 turns that
// clock from before to behind, or back.
const [kubeconfig = "", namespace = "", identity = "", hours = "0"] = process.argv.slice(2);
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());
let wrongMs = Number(hours) * 3_600_000;
process.on("SIGUSR2", () => (wrongMs = -wrongMs));

const times = { duration: 2_000, renewWithin: 1_200, retry: 300 };
const timers = { ...clock, now: () => clock.now() + wrongMs };

// Read by hand: loading client-node costs half a second of a processor, and every test starts two of these.
const { clusters, users } = JSON.parse(readFileSync(kubeconfig, "utf8"));
const decode = (text: string): Buffer => Buffer.from(text, "base64");
const tls = {
  ca: decode(clusters[0].cluster["certificate-authority-data"]),
  cert: decode(users[0].user["client-certificate-data"]),
  key: decode(users[0].user["client-key-data"]),
};
const transport = connect({ server: new URL(clusters[0].cluster.server), current: async () => ({ headers: {}, tls }) });
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const work = async (signal: AbortSignal, fence: () => void): Promise<void> => {
  const ours = fenced(transport, fence);
  for (let count = 0; !signal.aborted; count++) {
    try {
      const write = configMap(namespace, "written", { by: identity, count: String(count) });
      await apply(ours, configMaps, write, { fieldManager: "leader", force: true, signal });
    } catch {
      // Refused or cut off: only what the API server has stored counts.
    }
    await timers.sleep(20, signal);
  }
  say("stopped");
};

await lead(
  {
    lease: openLease(transport, { namespace, name: "election" }, identity, times.duration, timers),
    timers,
    times,
    observe: ({ at }) => say(at),
    onLead: work,
  },
  stop.signal,
);
await transport.close();
