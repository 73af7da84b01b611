/** What Domicile tries its own guards with; RBAC and native policy name it. */
export const canaryName = "domicile-canary";

/** Kubernetes' limit for the name of a namespace. */
const longestName = 63;

/**
 * The namespace of a zone in which Domicile tries its own guards. A zone's name may itself be as long as a namespace's:
 * then it is cut, and a checksum tells it from others that begin alike.
 */
export const canaryNamespace = (zone: string): string => {
  const name = `${canaryName}-${zone}`;
  if (name.length <= longestName) return name;
  const sum = checksum(zone);
  return `${name.slice(0, longestName - 1 - sum.length)}-${sum}`;
};

/** FNV-1a of 32 bits, in hexadecimal: enough for names that administrators choose. */
const checksum = (text: string): string => {
  let sum = 0x811c9dc5;
  for (const letter of text) sum = Math.imul(sum ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return (sum >>> 0).toString(16).padStart(8, "0");
};
