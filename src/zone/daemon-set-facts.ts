import type { DaemonSetFacts } from "./facts.ts";
import { field, items, text, texts } from "./json.ts";
import { metadataOf } from "./metadata.ts";

/** What is kept of a DaemonSet; undefined for what is no object of the API server. */
export const projectDaemonSet = (raw: unknown): DaemonSetFacts | undefined => {
  const metadata = metadataOf(raw);
  if (metadata === undefined) return undefined;
  const spec = field(field(field(raw, "spec"), "template"), "spec");
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
    hostNetwork: field(spec, "hostNetwork") === true,
    containers: items(field(spec, "containers")).map((container) => ({
      name: text(field(container, "name")) ?? "",
      image: text(field(container, "image")) ?? "",
      args: [...texts(field(container, "command")), ...texts(field(container, "args"))],
    })),
  };
};
