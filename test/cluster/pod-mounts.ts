import type { V1Container } from "@kubernetes/client-node";
import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** What must stay visible whatever a container mounts: the project and the Node that runs it. */
const visible = [join(import.meta.dirname, "..", "..")];

/**
 * A shell script that puts a container's volumes where it wants them, in a mount namespace of its own, and then becomes
 * its arguments. `volumes` holds one folder per volume; `scratch` is the container's own and must not be under /tmp.
 */
export const mountScript = (container: V1Container, volumes: string, scratch: string): string => {
  const mounts = (container.volumeMounts ?? []).toSorted((a, b) => a.mountPath.length - b.mountPath.length);
  const lines = mounts.flatMap(({ name, mountPath, subPath, readOnly }, index) => {
    const source = join(volumes, name, subPath ?? "");
    const hidden = visible.filter((path) => !relative(mountPath, path).startsWith(".."));
    const saved = hidden.map((_, each) => join(scratch, `visible-${index}-${each}`));
    return [
      ...hidden.map(
        (path, each) =>
          `mkdir -p ${quote(saved[each] ?? "")}; mount --rbind ${quote(path)} ${quote(saved[each] ?? "")}`,
      ),
      ...makeRoom(mountPath, join(scratch, `room-${index}`)),
      `mount --bind ${quote(source)} ${quote(mountPath)}`,
      ...hidden.map(
        (path, each) => `mkdir -p ${quote(path)}; mount --rbind ${quote(saved[each] ?? "")} ${quote(path)}`,
      ),
      ...(readOnly && hidden.length === 0 ? [`mount -o remount,bind,ro ${quote(mountPath)}`] : []),
    ];
  });
  return [...lines, 'exec "$@"'].join("\n");
};

// /run belongs to the session; elsewhere a missing folder is made in an overlay, so that nothing of the machine changes.
const makeRoom = (mountPath: string, room: string): readonly string[] => {
  if (existsSync(mountPath)) return [];
  let ancestor = dirname(mountPath);
  while (!existsSync(ancestor)) ancestor = dirname(ancestor);
  const make = `mkdir -p ${quote(mountPath)}`;
  if (/^(\/var)?\/run(\/|$)/.test(ancestor)) return [make];
  if (ancestor === "/")
    throw new Error(`the harness kubelet cannot mount at ${mountPath}: no folder of that path exists on this machine`);
  const [upper, work] = [join(room, "upper"), join(room, "work")];
  return [
    `mkdir -p ${quote(upper)} ${quote(work)}`,
    `mount -t overlay overlay -o ${quote(`lowerdir=${ancestor},upperdir=${upper},workdir=${work}`)} ${quote(ancestor)}`,
    make,
  ];
};

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
