type Operation = { readonly op: string; readonly path: string; readonly value: unknown };

/**
 * Applies a patch by the letter of RFC 6902, written apart from the library that makes patches, so that both would
 * have to be wrong in the same way. Only what pinning may do is known: add and replace of a member of an object.
 */
export const apply = (document: unknown, patch: readonly Operation[]): unknown => {
  for (const { op, path, value } of patch) {
    const tokens = path
      .split("/")
      .slice(1)
      .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
    const last = tokens.pop();
    let parent = document as Record<string, unknown>;
    for (const token of tokens) {
      if (!Object.hasOwn(parent, token)) throw new Error(`${path} leads nowhere`);
      parent = parent[token] as Record<string, unknown>;
    }
    if (last === undefined || Array.isArray(parent)) throw new Error(`${op} ${path} is not a member of an object`);
    if (op !== "add" && op !== "replace") throw new Error(`${op} is not what pinning does`);
    if (op === "replace" && !Object.hasOwn(parent, last)) throw new Error(`${path} is not there to be replaced`);
    parent[last] = value;
  }
  return document;
};
