import type { Labels } from "../api/kubernetes.ts";
import { namespaceNameLabel, sealedLabel, zoneLabel } from "../api/names.ts";
import type { Address } from "../cidr/address.ts";
import { resources } from "../kube/resources.ts";
import { field, text, textEntries } from "../zone/json.ts";
import type { Cluster } from "./cluster.ts";
import type { Asked, Endpoint } from "./endpoint.ts";
import { makesPods, nameOf, namespaceOf } from "./judge.ts";
import type { Manifest } from "./manifests.ts";
import { networkOfFiles } from "./network-files.ts";
import { readNetwork, type NetworkView } from "./network-view.ts";
import { Stop } from "./stop.ts";

/** A pod as policies see it. */
export type PodEnd = {
  readonly kind: "pod";
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly namespaceLabels: Labels;
  /** It uses its node's network, where no NetworkPolicy applies. */
  readonly hostNetwork: boolean;
  readonly hostIP: string | undefined;
};

/** One end of a connection with what decides about it. */
export type End = PodEnd | { readonly kind: "address"; readonly address: Address; readonly text: string };

/** A connection that is asked about, and the network around it. */
export type ConnectionView = {
  readonly network: NetworkView;
  readonly from: End;
  readonly to: End;
  readonly protocol: Asked["protocol"];
  readonly port: number;
};

/** Reads both ends from a cluster, with the policies of their namespaces. */
export const readConnection = async (cluster: Cluster, asked: Asked, fallback: string): Promise<ConnectionView> => {
  const [from, to] = [await readEnd(cluster, asked.from, fallback), await readEnd(cluster, asked.to, fallback)];
  const spaces = new Set([from, to].flatMap((end) => (end.kind === "pod" ? [end.namespace] : [])));
  const lists = await readNetwork(cluster, ({ name }) => spaces.has(name));
  return { network: { lists, notes: [], apiServerLeftOut: [] }, from, to, protocol: asked.protocol, port: asked.port };
};

const readEnd = async (cluster: Cluster, end: Endpoint, fallback: string): Promise<End> => {
  if (end.kind === "address") return end;
  const { namespace = fallback, name } = end;
  const raw = await cluster.get<unknown>(resources.pods, { namespace, name }, (object) => object);
  if (raw === undefined) throw new Stop("unanswered", `pod ${namespace}/${name} does not exist${hint(name)}.`);
  const home = await cluster.get<unknown>(resources.namespaces, { name: namespace }, (object) => object);
  return podEnd(raw, namespace, name, labelsOf(home));
};

/** Finds both ends among files: pods, or whatever makes pods, by its template. */
export const connectionOfFiles = (manifests: readonly Manifest[], asked: Asked, fallback: string): ConnectionView => {
  const network = networkOfFiles(manifests);
  const end = (endpoint: Endpoint) => endOfFiles(manifests, network, endpoint, fallback);
  const { protocol, port } = asked;
  return { network, from: end(asked.from), to: end(asked.to), protocol, port };
};

const endOfFiles = (manifests: readonly Manifest[], { lists }: NetworkView, end: Endpoint, fallback: string): End => {
  if (end.kind === "address") return end;
  const { namespace = fallback, name } = end;
  const found = manifests.find(
    (manifest) => makesPods(manifest) && nameOf(manifest) === name && namespaceOf(manifest, fallback) === namespace,
  );
  if (found === undefined)
    throw new Stop("unanswered", `no file holds a pod or workload ${namespace}/${name}${hint(name)}.`);
  const home = lists.namespaces?.findLast((each) => each.name === namespace);
  if (home === undefined)
    throw new Stop("unanswered", `no file says which zone namespace ${namespace} belongs to; give its Namespace too.`);
  const manifest = manifests.findLast(
    (each) => each.group === "" && each.kind === "Namespace" && nameOf(each) === namespace,
  );
  return podEnd(templateOf(found), namespace, name, {
    ...labelsOf(manifest?.object),
    ...(home.zone === undefined ? {} : { [zoneLabel]: home.zone }),
    ...(home.sealed === undefined ? {} : { [sealedLabel]: home.sealed }),
  });
};

const templateOf = ({ object, kind }: Manifest): unknown => {
  if (kind === "Pod") return object;
  const spec = field(object, "spec");
  return field(kind === "CronJob" ? field(field(spec, "jobTemplate"), "spec") : spec, "template");
};

const podEnd = (raw: unknown, namespace: string, name: string, namespaceLabels: Labels): PodEnd => ({
  kind: "pod",
  namespace,
  name,
  labels: labelsOf(raw),
  namespaceLabels: { ...namespaceLabels, [namespaceNameLabel]: namespace },
  hostNetwork: field(field(raw, "spec"), "hostNetwork") === true,
  hostIP: text(field(field(raw, "status"), "hostIP")),
});

const labelsOf = (raw: unknown): Labels => textEntries(field(field(raw, "metadata"), "labels"));

const hint = (name: string): string =>
  name.includes(".") ? "; names of hosts are not looked up, so give an address" : "; check the name and -n";
