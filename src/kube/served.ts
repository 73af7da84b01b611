import { failedWith } from "./failure.ts";
import { apiVersionOf, type Resource } from "./resource.ts";
import type { Transport } from "./transport.ts";

/** Whether this API server serves a resource at this version; throws KubeError when it cannot be asked. */
export const serves = async (transport: Transport, resource: Resource, signal?: AbortSignal): Promise<boolean> => {
  type Served = { readonly resources?: readonly { readonly name: string }[] };
  try {
    const path = `/apis/${apiVersionOf(resource)}`;
    const { resources = [] } = await transport.request<Served>("GET", path, signal ? { signal } : {});
    return resources.some(({ name }) => name === resource.plural);
  } catch (problem) {
    if (failedWith(problem, "notFound")) return false;
    throw problem;
  }
};
