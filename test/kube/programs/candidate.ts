import { loadCredentials } from "../../../src/kube/credentials.ts";
import { lead } from "../../../src/kube/leader.ts";
import { openLease } from "../../../src/kube/lease.ts";
import { connect } from "../../../src/kube/transport.ts";
import { clock } from "../../../src/ops/clock.ts";

// A process that stands for election and says on each line what it does. Arguments: kubeconfig, namespace, identity.
const [kubeconfig = "", namespace = "", identity = ""] = process.argv.slice(2);
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());

const times = { duration: 2_000, renewWithin: 1_200, retry: 300 };
const transport = connect(loadCredentials({ kubeconfig }));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
await lead(
  {
    lease: openLease(transport, { namespace, name: "election" }, identity, times.duration, clock),
    timers: clock,
    times,
    observe: ({ at }) => say(at),
    onLead: (signal) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => {
          say("stopped");
          resolve();
        });
      }),
  },
  stop.signal,
);
await transport.close();
