import assert from "node:assert/strict";
import { test } from "node:test";
import type { Client } from "../cluster/client.ts";
import { ref } from "../cluster/objects.ts";
import type { Answer } from "../cluster/transport.ts";
import { home, type People } from "./guards.ts";

const dryRun = { dryRun: true } as const;
const hooks = (name: string) => ref("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", name);
const named = (name: string) => ({ fieldSelector: `metadata.name=${name}` });
const manager = { fieldManager: "domicile-registration", force: true, ...dryRun };
const secret = (name: string, namespace: string) => ref("v1", "Secret", name, namespace);
const pod = { ...ref("v1", "Pod", "thief", home), spec: { containers: [{ name: "thief", image: "thief" }] } };

type Table = Readonly<Record<string, (domicile: Client) => Promise<Answer<unknown>>>>;

const allowed: Table = {
  "make its webhook configuration by an apply": (domicile) => domicile.apply(hooks("domicile"), manager),
  "list its webhook configuration by name": (domicile) => domicile.list(hooks(""), named("domicile")),
  "list its own Secret by name": (domicile) =>
    domicile.list(secret("", home), { namespace: home, ...named("domicile-webhook-tls") }),
  "create a Secret where it lives": (domicile) => domicile.create(secret("domicile-webhook-tls", home), dryRun),
  "read the owner of the webhook configurations": (domicile) =>
    domicile.get(ref("rbac.authorization.k8s.io/v1", "ClusterRole", "domicile-webhooks")),
  "watch for its owner to come back": (domicile) =>
    domicile.list(ref("rbac.authorization.k8s.io/v1", "ClusterRole", ""), named("domicile-webhooks")),
  "list the API server's endpoints": (domicile) =>
    domicile.list(ref("discovery.k8s.io/v1", "EndpointSlice", ""), { namespace: "default" }),
  "list the API server's Service by name": (domicile) =>
    domicile.list(ref("v1", "Service", ""), { namespace: "default", ...named("kubernetes") }),
};

const refused: Table = {
  "make a webhook configuration of another name": (domicile) => domicile.apply(hooks("other"), manager),
  "make one by a request that carries no name": (domicile) => domicile.create(hooks("domicile"), dryRun),
  "list all webhook configurations": (domicile) => domicile.list(hooks("")),
  "delete its webhook configuration": (domicile) => domicile.delete(hooks("domicile"), dryRun),
  "replace its webhook configuration": (domicile) => domicile.update(hooks("domicile"), dryRun),
  "read another role": (domicile) => domicile.get(ref("rbac.authorization.k8s.io/v1", "ClusterRole", "domicile")),
  "delete a definition of ours": (domicile) =>
    domicile.delete(ref("apiextensions.k8s.io/v1", "CustomResourceDefinition", "residencyzones.domicile.dev"), dryRun),
  "read native policies": (domicile) =>
    domicile.get(ref("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", "domicile-policies")),
  "list Secrets where it lives": (domicile) => domicile.list(secret("", home), { namespace: home }),
  "read a Secret elsewhere": (domicile) => domicile.get(secret("domicile-webhook-tls", "kube-system")),
  "create a Secret elsewhere": (domicile) => domicile.create(secret("any", "kube-system"), dryRun),
  "create pods where it lives": (domicile) => domicile.create(pod, dryRun),
  "delete a pod": (domicile) => domicile.delete(pod, dryRun),
  "delete namespaces": (domicile) => domicile.delete(ref("v1", "Namespace", home), dryRun),
  "delete nodes": (domicile) => domicile.delete(ref("v1", "Node", "any"), dryRun),
  "write a node's status": (domicile) =>
    domicile.patch(ref("v1", "Node", "any"), { status: {} }, { subresource: "status", ...dryRun }),
  "delete a zone": (domicile) =>
    domicile.send({ method: "DELETE", path: "/apis/domicile.dev/v1alpha1/residencyzones/us" }),
  "give itself a role": (domicile) =>
    domicile.patch(ref("rbac.authorization.k8s.io/v1", "ClusterRole", "domicile"), { rules: [] }, dryRun),
};

/** What a stolen token of Domicile's could and could not do: the chart's roles, asked of the API server. */
export const roleTests = (people: () => People): void => {
  for (const [what, attempt] of Object.entries(allowed))
    test(`Domicile may ${what}`, async () => {
      const { ok, message } = await attempt(people().domicile);
      assert.ok(ok, message);
    });

  for (const [what, attempt] of Object.entries(refused))
    test(`Domicile may not ${what}`, async () => {
      const { status, message } = await attempt(people().domicile);
      assert.equal(status, 403, message);
      assert.match(message, /cannot/);
    });
};
