import { field, items, text } from "../zone/json.ts";
import { metadataOf } from "../zone/metadata.ts";

/** How far the pod of a probe has come. `stuck` and `failed` say why, and it comes no further. */
export type ProbePod = { readonly name: string; readonly node: string } & (
  | { readonly at: "waiting" | "stuck" | "failed"; readonly why: string }
  | { readonly at: "done" }
);

/** What no waiting mends soon; a first ErrImagePull often does. */
const hopeless = new Set([
  "ImagePullBackOff",
  "InvalidImageName",
  "CreateContainerConfigError",
  "CreateContainerError",
]);

/** How far a pod has come; undefined for what is no object of the API server. */
export const projectProbePod = (raw: unknown): ProbePod | undefined => {
  const name = metadataOf(raw)?.name;
  if (name === undefined) return undefined;
  const status = field(raw, "status");
  const pod = { name, node: text(field(field(raw, "spec"), "nodeName")) ?? "" };
  const phase = text(field(status, "phase")) ?? "Pending";
  if (phase === "Succeeded") return { ...pod, at: "done" };
  const state = field(items(field(status, "containerStatuses"))[0], "state");
  if (phase === "Failed") {
    const ended = field(state, "terminated");
    const code = field(ended, "exitCode");
    const why = [
      text(field(status, "reason")) ?? text(field(ended, "reason")),
      typeof code === "number" ? `exit code ${code}` : undefined,
      text(field(status, "message")) ?? text(field(ended, "message")),
    ];
    return { ...pod, at: "failed", why: why.filter((part) => part !== undefined).join(", ") };
  }
  const waiting = field(state, "waiting");
  const reason = text(field(waiting, "reason"));
  const said = [reason, text(field(waiting, "message"))].filter((part) => part !== undefined).join(": ");
  if (reason !== undefined && hopeless.has(reason)) return { ...pod, at: "stuck", why: said };
  const unscheduled = items(field(status, "conditions")).find(
    (one) => field(one, "type") === "PodScheduled" && field(one, "status") === "False",
  );
  return { ...pod, at: "waiting", why: text(field(unscheduled, "message")) ?? (said === "" ? `it is ${phase}` : said) };
};
