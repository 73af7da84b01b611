/** One kind of object as the API server's paths know it; `group` is "" for the core group. */
export type Resource = {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
};

/** An object's place: its name, and its namespace where the resource has them. */
export type Place = { readonly namespace?: string; readonly name: string };

/** The `apiVersion` of a resource's objects. */
export const apiVersionOf = ({ group, version }: Resource): string => (group === "" ? version : `${group}/${version}`);

/** The path of a resource's collection: of one namespace, or of the whole cluster without one. */
export const collectionPath = (resource: Resource, namespace?: string): string => {
  const root = resource.group === "" ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const within = resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${root}${within}/${resource.plural}`;
};

/** The path of one object, or of one of its subresources. */
export const objectPath = (resource: Resource, { namespace, name }: Place, subresource?: string): string => {
  if (name === "" || name === "." || name === "..") throw new RangeError(`"${name}" is no object's name`);
  if (resource.namespaced && !namespace) throw new RangeError(`${resource.kind} ${name} needs a namespace`);
  const path = `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
};

/** What an object is called in a store and in a queue: "namespace/name", or "name" where there is no namespace. */
export const keyOf = ({ namespace, name }: Place): string => (namespace ? `${namespace}/${name}` : name);
