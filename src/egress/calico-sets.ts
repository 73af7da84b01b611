import { namespaceNameLabel, sealedLabel } from "../api/names.ts";
import { madeUp, ownNamespaceLabel, setLabels } from "../zone/foreign-facts.ts";
import { field } from "../zone/json.ts";
import { cidrsOrHostsAt } from "./cilium-blocks.ts";
import { nobody, opensNothing } from "./flow.ts";
import type { Reading, Rule } from "./flow.ts";
import { everyPort } from "./port-set.ts";
import { reader } from "./reader.ts";
import type { Place } from "./select.ts";

/**
 * A Calico NetworkSet, or GlobalNetworkSet where the place has no namespace. It opens nothing by itself, but its
 * addresses are selected as pods are; so what selects the zone's pods, the zone's own policies among them, selects
 * them. It is read as the rules that would then be: to and from all of its addresses, on every port.
 */
export function readNetworkSet(set: unknown, place: Place): Reading {
  if (!isOfZone(setLabels(field(set, "metadata")), place)) return opensNothing;
  const read = reader();
  const { nets } = read.object(field(set, "spec"), "spec", ["nets"]);
  const addresses = cidrsOrHostsAt(read, read.list(nets, "spec.nets"));
  const rules = (["egress", "ingress"] as const).map((direction): Rule => ({
    action: "allow",
    direction,
    entries: [{ ...nobody, path: "spec.nets", addresses }],
    ports: everyPort,
    note: "what selects pods of the zone's namespaces selects a set of addresses there too",
  }));
  const [problem] = read.problems;
  return problem === undefined ? { kind: "rules", rules } : { kind: "unproved", ...problem };
}

/** A set is taken to be in the zone if it is in one of its namespaces, or says so by labels, which Calico believes. */
const isOfZone = (labels: Readonly<Record<string, string>>, { zone, namespace, namespaces }: Place): boolean =>
  (namespace !== undefined && namespaces.includes(namespace)) ||
  labels[`${madeUp}${sealedLabel}`] === zone ||
  [`${madeUp}projectcalico.org/name`, `${madeUp}${namespaceNameLabel}`, ownNamespaceLabel].some((key) =>
    namespaces.includes(labels[key] ?? ""),
  );
