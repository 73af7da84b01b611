import assert from "node:assert/strict";
import { test } from "node:test";
import type { Labels } from "../../../src/api/kubernetes.ts";
import { compile } from "../../../src/egress/compile.ts";
import type { Zone } from "../../../src/zone/zone.ts";
import { zone } from "../world.ts";
import { passes } from "./evaluate.ts";
import type { Connection, End } from "./evaluate.ts";

const pod = (namespace: Labels, labels: Labels = {}): End => ({ namespace, pod: labels });
const sealed = pod({ "domicile.dev/zone": "us", "domicile.dev/sealed": "us" });
const joining = pod({ "domicile.dev/zone": "us" });
const abroad = pod({ "domicile.dev/zone": "eu", "domicile.dev/sealed": "eu" });
const dns = pod({ "kubernetes.io/metadata.name": "kube-system" }, { "k8s-app": "kube-dns" });
const beside = pod({ "kubernetes.io/metadata.name": "kube-system" }, { "k8s-app": "metrics-server" });
const forged = pod({ "kubernetes.io/metadata.name": "team" }, { "k8s-app": "kube-dns" });

const usual = zone();
const apart = zone({ egress: { ...usual.egress, withinZone: "Deny" } });
const open = zone({ ingress: { isolation: "Open", from: [] } });

const rows: readonly (readonly [
  says: string,
  of: Zone,
  to: Connection["direction"],
  peer: End,
  at: string,
  does: boolean,
])[] = [
  ["a pod of the zone's sealed namespaces is reached on any port", usual, "Egress", sealed, "TCP 5432", true],
  ["and by any protocol", usual, "Egress", sealed, "SCTP 1", true],
  ["and may connect in", usual, "Ingress", sealed, "UDP 9", true],
  ["E4 a namespace that merely bears the zone's label is no peer", usual, "Egress", joining, "TCP 5432", false],
  ["E4 nor may it connect in", usual, "Ingress", joining, "TCP 5432", false],
  ["another zone is no peer", usual, "Egress", abroad, "TCP 443", false],
  ["within a zone that denies it, its own pods are no peers", apart, "Egress", sealed, "TCP 5432", false],
  ["nor may they connect in", apart, "Ingress", sealed, "TCP 5432", false],
  ["E8 DNS answers over UDP", usual, "Egress", dns, "UDP 53", true],
  ["E8 DNS answers over TCP", usual, "Egress", dns, "TCP 53", true],
  ["DNS stays where the zone denies itself", apart, "Egress", dns, "UDP 53", true],
  ["DNS servers are reached on no other port", usual, "Egress", dns, "TCP 9153", false],
  ["DNS servers may not connect in", usual, "Ingress", dns, "UDP 53", false],
  ["E8 other pods beside the DNS servers are not reached", usual, "Egress", beside, "UDP 53", false],
  ["E8 pods that look like DNS servers elsewhere are not reached", usual, "Egress", forged, "UDP 53", false],
  ["Open ingress lets anybody in", open, "Ingress", "198.51.100.1", "TCP 80", true],
  ["Open ingress opens no egress", open, "Egress", "198.51.100.1", "TCP 80", false],
  ["the Internet is not reached", usual, "Egress", "198.51.100.1", "TCP 443", false],
  ["the Internet is not reached over IPv6", usual, "Egress", "2001:db8::1", "TCP 443", false],
  ["E5 instance metadata is not reached", usual, "Egress", "169.254.169.254", "TCP 80", false],
];

for (const [says, of, direction, peer, at, does] of rows)
  test(`${says}: ${at}`, () => {
    const compiled = compile({ zone: of, clusters: [], apiServer: undefined, dns: [] });
    assert.ok(compiled.kind === "compiled");
    const [protocol = "", port = ""] = at.split(" ");
    const connection = { direction, pod: { app: "any" }, peer, protocol, port: Number(port) };
    assert.equal(
      passes(
        compiled.specs.map(({ spec }) => spec),
        connection,
      ),
      does,
    );
  });
