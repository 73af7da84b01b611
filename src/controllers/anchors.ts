import { failedWith } from "../kube/failure.ts";
import { startInformer, type InformerParts } from "../kube/informer.ts";
import type { KubeObject } from "../kube/kube-object.ts";
import { get } from "../kube/objects.ts";
import type { Place, Resource } from "../kube/resource.ts";
import { resources } from "../kube/resources.ts";
import type { ReadStore } from "../kube/store.ts";
import type { Transport } from "../kube/transport.ts";

/** What a half of what is registered hangs on: the ClusterRole of the chart that owns it, and Domicile's own Deployment. */
export type AnchorNames = {
  readonly owner: string;
  readonly deployment: { readonly namespace: string; readonly name: string };
};

/** Either both stand, and this is the owner's uid, or one does not, and this says which and why. */
export type Anchored = { readonly ok: true; readonly uid: string } | { readonly ok: false; readonly why: string };

/** Whether both anchors stand: as last heard, and as the API server says when it is asked. */
export type Anchors = {
  /** The owner's uid where both stand as last heard, which may be some time ago. */
  readonly heard: () => string | undefined;
  readonly ask: (signal: AbortSignal) => Promise<Anchored>;
};

/** Asks the API server: a watch may be behind, and whoever repairs under an uninstall leaves behind what blocks. */
export const askAnchors =
  (transport: Transport, { owner, deployment }: AnchorNames): Anchors["ask"] =>
  async (signal) => {
    const role = await look(transport, resources.clusterRoles, { name: owner }, signal);
    if (!role.ok) return role;
    const ours = await look(transport, resources.deployments, deployment, signal);
    return ours.ok ? role : ours;
  };

/** Watches both anchors until the signal aborts. `hear` is called when either comes, changes or goes. */
export const watchAnchors = (
  { transport, timers, report }: Pick<InformerParts<unknown>, "transport" | "timers" | "report">,
  names: AnchorNames,
  hear: () => void,
  signal: AbortSignal,
): Anchors => {
  const keep = (resource: Resource, { name, ...namespace }: Place): ReadStore<string> => {
    const selection = { ...namespace, fieldSelector: `metadata.name=${name}` };
    const { store } = startInformer({ transport, timers, report, resource, project: standing, selection }, signal);
    store.subscribe(hear);
    return store;
  };
  const owners = keep(resources.clusterRoles, { name: names.owner });
  const deployments = keep(resources.deployments, names.deployment);
  return {
    heard: () => (deployments.view.size > 0 ? owners.view.get(names.owner) : undefined),
    ask: askAnchors(transport, names),
  };
};

/** The uid of an object that nobody is deleting. */
const standing = ({ metadata }: KubeObject): string | undefined =>
  metadata.deletionTimestamp === undefined ? metadata.uid : undefined;

const look = async (transport: Transport, resource: Resource, place: Place, signal: AbortSignal): Promise<Anchored> => {
  const what = `${resource.kind} ${place.name}`;
  try {
    const uid = standing(await get(transport, resource, place, signal));
    return uid === undefined ? { ok: false, why: `${what} is being deleted.` } : { ok: true, uid };
  } catch (problem) {
    if (failedWith(problem, "notFound")) return { ok: false, why: `${what} is not there.` };
    // The role names both: another name is refused, whether it is there or not.
    if (failedWith(problem, "forbidden"))
      return { ok: false, why: `${what} may not be read: the chart's role names another.` };
    throw problem;
  }
};
