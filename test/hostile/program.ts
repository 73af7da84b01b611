import { performance } from "node:perf_hooks";
import { createOpsServer } from "../../src/admission/ops-server.ts";
import { createAdmissionServer } from "../../src/admission/server.ts";
import { allowedIn } from "../../src/egress/uncontained.ts";
import { makeLog } from "../../src/ops/log.ts";
import { makeMetrics } from "../../src/ops/metrics.ts";
import { makeRecorder } from "../../src/process/recorder.ts";
import { authority, leaf, worldOf } from "../unit/admission/reviews.ts";

// Both servers of Domicile as it ships them, log and metrics included, over a world that stands still. Events that it
// would write go to standard error. Ends with who started it.

const metrics = makeMetrics();
const world = worldOf(process.argv[2] === "Audit" ? "Audit" : "Enforce");

const webhooks = createAdmissionServer({
  ...leaf,
  world: () => world,
  allowedIn,
  ready: () => true,
  monotonic: () => performance.now(),
  observer: makeRecorder({
    log: makeLog("info"),
    metrics,
    world: () => world,
    audit: (refusal) => void process.stderr.write(`${JSON.stringify(refusal)}\n`),
  }),
});
const ops = createOpsServer({ notReady: () => [], metrics: () => metrics.text() });
await webhooks.listen({ host: "127.0.0.1", port: 0 });
await ops.listen({ host: "127.0.0.1", port: 0 });
const portOf = (address: ReturnType<typeof webhooks.server.address>): number =>
  typeof address === "object" && address !== null ? address.port : 0;
const ports = { webhooks: portOf(webhooks.server.address()), ops: portOf(ops.server.address()) };
process.send?.({ ...ports, ca: authority.cert });
process.on("disconnect", () => process.exit(0));
