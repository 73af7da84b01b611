import { open } from "node:fs/promises";
import { Stop } from "./stop.ts";

/** A private key in PEM has some hundred bytes; what is much longer is none. */
const longest = 65_536;

/** Who else may read, write or run a file. */
const others = 0o007;

/**
 * Reads a private key. As ssh does, it refuses a file that everybody on the machine may read: a key that lies open is a
 * key that others have. The group may read it, for so containers are given their secrets. A Stop never says what is in it.
 */
export const readKeyFile = async (path: string): Promise<string> => {
  try {
    await using file = await open(path);
    const found = await file.stat();
    if (found.isDirectory()) throw new Stop("unreadable", `${path} is a directory; --key takes a file.`);
    // Windows keeps no such bits, and shows every file as open to all.
    if (found.isFile() && process.platform !== "win32" && (found.mode & others) !== 0)
      throw new Stop(
        "unreadable",
        `everybody on this machine may read ${path} (mode ${(found.mode & 0o777).toString(8).padStart(4, "0")}): chmod 600 ${path}, in Kubernetes defaultMode: 0400. If others may have read it, make a new key.`,
      );
    if (found.size > longest) throw new Stop("unreadable", `${path} is too long for a private key in PEM.`);
    return await file.readFile("utf8");
  } catch (problem) {
    if (problem instanceof Stop) throw problem;
    const { code = "it cannot be opened" } = problem as NodeJS.ErrnoException;
    throw new Stop("unreadable", `${path} cannot be read (${code}); check the path and its permissions.`, {
      cause: problem,
    });
  }
};
