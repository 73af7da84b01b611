import type { PolicyPort } from "../api/kubernetes.ts";
import type { Port } from "../zone/zone.ts";

/**
 * Ports as one rule lists them: sorted, protocol always written (without one Kubernetes reads TCP), endPort only where
 * there is more than one port, and no entry that lies inside another. Ranges that merely touch stay as the user wrote
 * them: some enforcers do not know endPort, so none is made up.
 */
export function policyPorts(ports: readonly Port[]): readonly PolicyPort[] {
  const kept: Port[] = [];
  for (const next of ports.toSorted(byStartThenWidest)) {
    const previous = kept.at(-1);
    // Sorted by start, and what is kept always ends later than what came before it: the last one is the widest.
    if (previous === undefined || previous.protocol !== next.protocol || endOf(next) > endOf(previous)) kept.push(next);
  }
  return kept.map(policyPort);
}

const endOf = ({ port, endPort = port }: Port): number => endPort;

const policyPort = (entry: Port): PolicyPort => ({
  protocol: entry.protocol,
  port: entry.port,
  ...(endOf(entry) > entry.port ? { endPort: endOf(entry) } : {}),
});

const byStartThenWidest = (a: Port, b: Port): number =>
  compare(a.protocol, b.protocol) || a.port - b.port || endOf(b) - endOf(a);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
