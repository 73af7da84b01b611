import type { LabelSelector, PolicyPeer } from "../../api/kubernetes.ts";
import { everything, intersect, isEmpty, subtract } from "../../cidr/set.ts";
import type { CidrSet } from "../../cidr/set.ts";
import { addressesOf } from "../../zone/networks.ts";
import type { Allowance } from "../allowance.ts";
import { everyPort, portSetOf } from "../port-set.ts";
import type { PortSet, Protocol } from "../port-set.ts";

/** A part of all ends there are on which the same ports are open; together they are all of them, and no two overlap. */
export type Region<T> = { readonly of: T; readonly open: PortSet };

const closed = portSetOf([]);

/** All addresses, cut where what is open changes. */
export const addressRegions = (allowances: readonly Allowance[]): readonly Region<CidrSet>[] =>
  allowances.reduce<readonly Region<CidrSet>[]>(
    (regions, allowance) => {
      const named = addressesOf(allowance.blocks);
      const ports = portsOf(allowance);
      return regions.flatMap(({ of, open }) =>
        [
          { of: intersect(of, named), open: both(open, ports) },
          { of: subtract(of, named), open },
        ].filter((region) => !isEmpty(region.of)),
      );
    },
    [{ of: everything, open: closed }],
  );

/** One requirement on a label of a pod or of its namespace. */
export type Requirement = {
  readonly about: "namespace" | "pod";
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
};

/** More parts than this are not written out: selectors that overlap so much are nobody's. */
const mostRegions = 64;

/** All pods, cut where what is open changes, each as requirements that must all hold; undefined where those are too many. */
export const podRegions = (allowances: readonly Allowance[]): readonly Region<readonly Requirement[]>[] | undefined => {
  let regions: readonly Region<readonly Requirement[]>[] = [{ of: [], open: closed }];
  for (const allowance of allowances)
    for (const peer of allowance.peers) {
      const wanted = requirementsOf(peer);
      const ports = portsOf(allowance);
      regions = regions.flatMap(({ of, open }) => [
        { of: [...of, ...wanted], open: both(open, ports) },
        // Whoever fails the first; whoever holds that and fails the second; and so on, so that no two overlap.
        ...wanted.map((one, at) => ({ of: [...of, ...wanted.slice(0, at), opposite(one)], open })),
      ]);
      if (regions.length > mostRegions) return undefined;
    }
  return regions;
};

const requirementsOf = ({ namespaceSelector = {}, podSelector = {} }: PolicyPeer): readonly Requirement[] => [
  ...ofSelector("namespace", namespaceSelector),
  ...ofSelector("pod", podSelector),
];

const ofSelector = (
  about: Requirement["about"],
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
): readonly Requirement[] => [
  ...Object.entries(matchLabels).map(([key, value]) => ({ about, key, operator: "In", values: [value] })),
  ...matchExpressions.map(({ key, operator, values = [] }) => ({ about, key, operator, values })),
];

const opposites: Readonly<Record<string, string>> = {
  In: "NotIn",
  NotIn: "In",
  Exists: "DoesNotExist",
  DoesNotExist: "Exists",
};

const opposite = (one: Requirement): Requirement => ({ ...one, operator: opposites[one.operator] ?? one.operator });

/** Ports of an allowance: none written is every port. */
const portsOf = ({ ports }: Allowance): PortSet =>
  ports.length === 0
    ? everyPort
    : portSetOf(
        ports.flatMap(({ protocol = "TCP", port, endPort }) =>
          typeof port === "number" ? [{ protocol: protocol as Protocol, first: port, last: endPort ?? port }] : [],
        ),
      );

const both = (a: PortSet, b: PortSet): PortSet =>
  portSetOf([a, b].flatMap((set) => [...set.TCP, ...set.UDP, ...set.SCTP, ...set.other]));
