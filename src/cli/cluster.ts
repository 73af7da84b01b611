import { loadCredentials } from "../kube/credentials.ts";
import { failedWith, KubeError } from "../kube/failure.ts";
import { create, get, listPage, type ListOptions } from "../kube/objects.ts";
import { objectPath, type Place, type Resource } from "../kube/resource.ts";
import { resources } from "../kube/resources.ts";
import type { Project } from "../kube/source.ts";
import { serves } from "../kube/served.ts";
import { connect } from "../kube/transport.ts";
import { field } from "../zone/json.ts";
import { workIn, type ClusterWork } from "./cluster-work.ts";
import type { ZoneVerb } from "./grants.ts";
import { programVersion } from "./program-version.ts";
import { Stop } from "./stop.ts";

/** Which cluster is asked, by kubectl's own flags. */
export type ClusterFlags = { readonly kubeconfig?: string; readonly context?: string };

/** A cluster as verbs ask it: with the user's own rights, and to write only by `work`. Every method may throw Stop. */
export type Cluster = {
  /** The namespace of the context. */
  readonly namespace: string;
  /** What is kept of one object; undefined where there is none. */
  readonly get: <T>(resource: Resource, place: Place, project: Project<T>) => Promise<T | undefined>;
  /** What is kept of every object of a list, read page by page. */
  readonly list: <T>(resource: Resource, project: Project<T>, selection?: Selection) => Promise<readonly T[]>;
  /** The same of a resource that a cluster may not have; none where it has not. */
  readonly listServed: Cluster["list"];
  /**
   * What the API server would warn of if a namespace bore a label: tried as a dry run, which writes nothing. Undefined
   * where the user may not even try.
   */
  readonly tryLabel: (namespace: string, key: string, value: string) => Promise<readonly string[] | undefined>;
  /** Whether the user has a verb on a zone. The question is a POST, and nothing is stored. */
  readonly may: (verb: ZoneVerb, zone: string) => Promise<boolean>;
  /** What one verb alone does besides asking. */
  readonly work: ClusterWork;
  readonly close: () => Promise<void>;
};

type Selection = Pick<ListOptions, "namespace" | "labelSelector" | "fieldSelector">;

/** Objects per page: kubectl's own. A person waits, and nothing of a page is kept but what is read. */
const pageLimit = 500;

/** Opens the way to the cluster of a kubeconfig; nothing is asked yet. */
export const openCluster = (flags: ClusterFlags): Cluster => {
  const credentials = load(flags);
  const transport = connect(credentials, { userAgent: `domicile-cli/${programVersion}` });
  const asked = async <T>(verb: string, resource: Resource, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (problem) {
      if (problem instanceof KubeError) throw unanswered(problem, verb, resource, credentials.server);
      throw problem;
    }
  };
  const listed = async <T>(resource: Resource, project: Project<T>, selection: Selection = {}): Promise<T[]> => {
    const all = [];
    let next: string | undefined;
    do {
      const page = await listPage(transport, resource, { ...selection, limit: pageLimit }, next);
      for (const object of page.items) {
        const kept = project(object);
        if (kept !== undefined) all.push(kept);
      }
      next = page.next;
    } while (next !== undefined);
    return all;
  };
  return {
    namespace: credentials.namespace ?? "default",
    get: (resource, place, project) =>
      asked("get", resource, async () => {
        try {
          return project(await get(transport, resource, place));
        } catch (problem) {
          if (failedWith(problem, "notFound")) return undefined;
          throw problem;
        }
      }),
    list: (resource, project, selection) => asked("list", resource, () => listed(resource, project, selection)),
    listServed: (resource, project, selection) =>
      // Asked about first: who has no right to what is not there would be told that it may not be listed.
      asked("list", resource, async () =>
        (await serves(transport, resource)) ? listed(resource, project, selection) : [],
      ),
    tryLabel: (namespace, key, value) =>
      asked("patch", resources.namespaces, async () => {
        let heard: readonly string[] = [];
        try {
          await transport.request("PATCH", objectPath(resources.namespaces, { name: namespace }), {
            query: { dryRun: "All" },
            body: { metadata: { labels: { [key]: value } } },
            contentType: "application/merge-patch+json",
            warned: (warnings) => void (heard = warnings),
          });
          return heard;
        } catch (problem) {
          if (failedWith(problem, "forbidden")) return undefined;
          throw problem;
        }
      }),
    may: (verb, name) =>
      asked("create", resources.accessReviews, async () => {
        const { group, plural: resource } = resources.residencyZones;
        // What is not stored has no name.
        const review = { metadata: {}, spec: { resourceAttributes: { group, resource, name, verb } } };
        return field(field(await create(transport, resources.accessReviews, review), "status"), "allowed") === true;
      }),
    work: workIn(transport, asked),
    close: () => transport.close(),
  };
};

const load = (flags: ClusterFlags) => {
  try {
    return loadCredentials(flags);
  } catch (problem) {
    const said = problem instanceof Error ? problem.message : String(problem);
    throw new Stop("unreadable", `${said}; check --kubeconfig and --context.`, { cause: problem });
  }
};

const unanswered = (problem: KubeError, verb: string, { plural, group }: Resource, server: URL): Stop => {
  const { failure } = problem;
  const what = group === "" ? plural : `${plural}.${group}`;
  const sentence = (): string => {
    switch (failure.kind) {
      case "forbidden":
        return `you may not ${verb} ${what}; ask for a role that allows it`;
      case "unauthorized":
        return `${server.host} does not know you (${failure.message}); log in again, or choose another --context`;
      case "notFound":
        return `${server.host} has no ${what}; install Domicile there first, or choose another --context`;
      case "network":
      case "timeout":
        return `${server.host} cannot be reached (${failure.message}); check --context, and whether kubectl reaches it`;
      case "gone":
        return `the list of ${what} changed faster than it could be read; try again`;
      default:
        return `${server.host} did not answer as it should (${problem.message}); try again`;
    }
  };
  return new Stop("unanswered", `${sentence()}.`, { cause: problem });
};
