import { performance } from "node:perf_hooks";
import type { AdmissionAnswer } from "../../../src/admission/respond.ts";
import { makeAuthority, makeLeaf } from "../../../src/certificates/ca.ts";
import { createAdmissionServer, type AdmissionOptions, type AdmissionServer } from "../../../src/admission/server.ts";
import type { Decision, Observer } from "../../../src/admission/observe.ts";
import { allowedIn } from "../../../src/egress/uncontained.ts";
import type { Enforcement } from "../../../src/zone/zone.ts";
import type { World } from "../../../src/zone/world.ts";
import { namespace, node, world, zone, zoneRecord } from "../world.ts";

export const selector = { "domicile.dev.node-restriction.kubernetes.io/us": "verified" };

/** A zone `us` in this mode with the sealed namespace payments and a verified node, and the namespace shop in no zone. */
export const worldOf = (enforcement: Enforcement = "Enforce"): World =>
  world({
    zones: [zoneRecord(zone({ enforcement }))],
    namespaces: [namespace("payments"), namespace("shop", { zone: undefined, sealed: undefined })],
    nodes: [node("ash-1", { labels: { ...node("ash-1").labels, ...selector } })],
  });

export const podKind = { group: "", version: "v1", kind: "Pod" };

export const pod = (spec: object = {}, metadata: object = {}): Record<string, unknown> => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "api-0", namespace: "payments", ...metadata },
  spec: { containers: [{ name: "api", image: "api:1" }], ...spec },
});

/** An AdmissionReview as the API server sends it: the creation of `object` in payments, unless told otherwise. */
export const review = (object: unknown, request: object = {}): Record<string, unknown> => ({
  apiVersion: "admission.k8s.io/v1",
  kind: "AdmissionReview",
  request: {
    uid: "uid-1",
    kind: podKind,
    resource: { group: "", version: "v1", resource: "pods" },
    operation: "CREATE",
    namespace: "payments",
    userInfo: { username: "jane", groups: ["system:authenticated"] },
    object,
    ...request,
  },
});

export const silent: Observer = { record: () => undefined, fault: () => undefined };

/** An observer that keeps what it is told. */
export const keeping = (): Observer & { readonly decisions: Decision[]; readonly faults: unknown[] } => {
  const decisions: Decision[] = [];
  const faults: unknown[] = [];
  return {
    decisions,
    faults,
    record: (decision) => void decisions.push(decision),
    fault: (error) => void faults.push(error),
  };
};

const now = Date.now();
const dayMs = 86_400_000;
export const authority = await makeAuthority("test authority", now, 30 * dayMs);
export const leaf = await makeLeaf(authority, ["domicile.domicile-system.svc", "localhost"], now, dayMs);

export const serve = (options: Partial<AdmissionOptions> = {}): AdmissionServer =>
  createAdmissionServer({
    world: () => worldOf(),
    allowedIn,
    observer: silent,
    monotonic: () => performance.now(),
    ready: () => true,
    ...leaf,
    ...options,
  });

export type Answered = { readonly status: number; readonly body: AdmissionAnswer & { readonly message?: string } };

/** Posts a body and reads the JSON that comes back. */
export const post = async (app: AdmissionServer, url: string, body: unknown): Promise<Answered> => {
  const payload = typeof body === "string" ? body : JSON.stringify(body);
  const response = await app.inject({ method: "POST", url, headers: { "content-type": "application/json" }, payload });
  return { status: response.statusCode, body: response.json() };
};
