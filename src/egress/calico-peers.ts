import { sealedLabel } from "../api/names.ts";
import { empty, everything, subtract } from "../cidr/set.ts";
import type { CidrSet } from "../cidr/set.ts";
import { isWithin } from "../labels/implies.ts";
import type { Fields } from "../zone/json.ts";
import { parseSelection } from "./calico-selector.ts";
import type { Selection } from "./calico-selector.ts";
import { cidrsOrHostsAt } from "./cilium-blocks.ts";
import { everybody, nobody } from "./flow.ts";
import type { Peers, Rule } from "./flow.ts";
import { meeting, namespaceKey, podKey } from "./pod-set.ts";
import type { PodSet } from "./pod-set.ts";
import { isAbsent } from "./reader.ts";
import type { Reader } from "./reader.ts";
import { nameKey, only, splitByHome } from "./select.ts";
import type { Place } from "./select.ts";

/** Labels that Calico makes up are no pod's own: whoever writes a NetworkSet may write them too. */
const podLabel = (label: string): string | undefined =>
  /^(pcns\.|pcsa\.|projectcalico\.org\/)/.test(label) ? undefined : podKey(label);

const spaceLabel = (label: string): string => (label === "projectcalico.org/name" ? nameKey : namespaceKey(label));

/** Of the pods a policy is about, labels that Calico makes up do say where they are. */
const subjectLabel = (label: string): string | undefined =>
  label === "projectcalico.org/namespace"
    ? nameKey
    : label.startsWith("pcns.")
      ? spaceLabel(label.slice(5))
      : podLabel(label);

/** The pods that a policy is about, or more than those. */
export function calicoSubjectAt(read: Reader, place: Place, spec: Fields): readonly PodSet[] {
  const pods = selectionAt(read, spec["selector"], "spec.selector", subjectLabel);
  const spaces = selectionAt(read, spec["namespaceSelector"], "spec.namespaceSelector", spaceLabel);
  const own = place.namespace === undefined ? spaces.sets : [new Map([[nameKey, only([place.namespace])]])];
  return pods.sets.flatMap((set) => own.flatMap((space) => meeting(set, space) ?? []));
}

/** The peers of a rule; undefined where it blocks nobody for sure. */
export function calicoPeersAt(
  read: Reader,
  place: Place,
  action: Rule["action"],
  entity: Fields,
  path: string,
): Peers | undefined {
  const has = (name: string): boolean => !isAbsent(entity[name]) && entity[name] !== "";
  const family = familyAt(read, entity["ipVersion"], path);
  for (const name of ["services", "serviceAccounts"])
    if (has(name)) {
      if (action === "block") return undefined;
      read.refuse(`${path}.${name}`, "is whoever it stands for elsewhere, which nobody can tell from the policy");
    }
  const selects = has("selector") || has("namespaceSelector");
  const nets = read.list(entity["nets"], `${path}.nets`);
  const holes = read.list(entity["notNets"], `${path}.notNets`);
  // What two conditions have in common is at most what either has; to block, it would have to be known.
  if (action === "block" && (has("notSelector") || (selects && nets.length + holes.length > 0))) return undefined;
  if (nets.length === 0 && selects) {
    if (has("notSelector")) read.refuse(`${path}.notSelector`, "must be written into the selector, with !");
    return podsAt(read, place, action, entity, family !== everything, path);
  }
  const whole = nets.length > 0 ? cidrsOrHostsAt(read, nets) : everything;
  const addresses = subtract(inFamily(whole, family), cidrsOrHostsAt(read, holes));
  if (nets.length > 0) return { ...nobody, addresses };
  // Nothing but exceptions: whoever is not in them, pods and others included.
  if (action === "block" && (holes.length > 0 || family !== everything)) return { ...nobody, addresses };
  return { ...everybody, addresses };
}

function podsAt(
  read: Reader,
  place: Place,
  action: Rule["action"],
  entity: Fields,
  halved: boolean,
  path: string,
): Peers | undefined {
  const pods = selectionAt(read, entity["selector"], `${path}.selector`, podLabel);
  const spaces = selectionAt(read, entity["namespaceSelector"], `${path}.namespaceSelector`, spaceLabel);
  const own = isAbsent(entity["namespaceSelector"]) || entity["namespaceSelector"] === "";
  const inside = own && place.namespace !== undefined ? [new Map([[nameKey, only([place.namespace])]])] : spaces.sets;
  const exact = pods.exact && spaces.exact;
  if (!exact && action === "allow") read.refuse(path, "selects by more than labels of pods and namespaces");
  if (action === "block" && (!exact || halved)) return undefined;
  const sets = pods.sets
    .flatMap((set) => inside.flatMap((space) => meeting(set, space) ?? []))
    .flatMap((set) => splitByHome(set, place));
  // A selector matches NetworkSets as well as pods, and those hold any addresses. Only in the zone are they guarded.
  const inZone = new Map([[namespaceKey(sealedLabel), only([place.zone])]]);
  const others = action === "allow" && !sets.every((set) => isWithin(set, inZone)) ? [networkSets] : [];
  return { addresses: empty, pods: sets, others };
}

const networkSets = "the addresses of a NetworkSet that the selector matches too";

const anything: Selection = { sets: [], exact: false };

function selectionAt(
  read: Reader,
  value: unknown,
  path: string,
  keyOf: (label: string) => string | undefined,
): Selection {
  const selection = parseSelection(read.text(value, path) ?? "", keyOf);
  if (selection === undefined) read.refuse(path, "is no selector that can be read, or has too many alternatives");
  return selection ?? anything;
}

function familyAt(read: Reader, value: unknown, path: string): CidrSet {
  if (isAbsent(value)) return everything;
  if (value !== 4 && value !== 6) read.refuse(path, "is of an ipVersion that is neither 4 nor 6");
  return value === 4 ? { ...everything, v6: [] } : { ...everything, v4: [] };
}

const inFamily = (set: CidrSet, family: CidrSet): CidrSet => ({
  v4: family.v4.length === 0 ? [] : set.v4,
  v6: family.v6.length === 0 ? [] : set.v6,
});
