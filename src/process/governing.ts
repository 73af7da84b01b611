import { paths } from "../admission/paths.ts";
import { govern } from "../controllers/govern.ts";
import { clock } from "../ops/clock.ts";
import type { Certified } from "./certify.ts";
import type { Parts } from "./parts.ts";
import { tellCanary, tellReconcile, tellWatch } from "./tell.ts";

/** The half of a process that one replica at a time runs: the controllers, while it holds the lease, until the signal aborts. */
export const governing = (parts: Parts, certified: Certified, signal: AbortSignal): Promise<void> => {
  const { config, log, metrics, transport, cache, events, hindrance, standby } = parts;
  return govern(
    {
      cache,
      transport,
      timers: clock,
      identity: config.podName,
      lease: { namespace: config.namespace, name: config.leaseName },
      certified: certified.first,
      leadership: (leadership) => {
        if (leadership.at !== "problem") {
          metrics.leads(leadership.at === "leading");
          standby.set(leadership.at === "standby" && leadership.renewed);
        }
        log.info({ leadership }, "leadership");
      },
      events,
      observe: (event) => tellReconcile(parts, event),
      counted: metrics.counted,
      evicted: metrics.evicted,
      tried: (zone, found) => tellCanary(parts, zone, found),
      registration: {
        has: { webhooks: config.webhooks, nativePolicies: config.nativePolicies },
        caBundle: certified.caBundle,
        renewed: certified.renewed,
        settings: {
          service: { name: config.serviceName, namespace: config.namespace, port: 443 },
          paths,
          timeoutSeconds: config.webhookTimeoutSeconds,
        },
        owners: { webhooks: config.ownerClusterRole, nativePolicies: config.nativeOwnerClusterRole },
        user: `system:serviceaccount:${config.namespace}:${config.serviceAccount}`,
        deployment: { namespace: config.namespace, name: config.deployment },
        repaired: (kind) => metrics.repaired(kind),
        hindered: hindrance.set,
        report: ({ plural }, problem) => tellWatch(parts, plural, problem),
      },
    },
    signal,
  );
};
