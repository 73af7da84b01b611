/** The rules of Kubernetes for label keys and values (apimachinery, content.IsLabelKey and content.IsLabelValue). */

const name = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const nameRule = "letters, digits, -, _ and ., with a letter or digit at both ends";

/** What is wrong with a label's value, worded to follow the field's name, or undefined when nothing is. */
export function labelValueProblem(text: string): string | undefined {
  if (text.length > 63) return "must have at most 63 characters";
  return text === "" || name.test(text) ? undefined : `must be empty, or ${nameRule}`;
}

/** What is wrong with a label's key, `[prefix/]name`, worded to follow the field's name, or undefined when nothing is. */
export function labelKeyProblem(text: string): string | undefined {
  const slash = text.indexOf("/");
  const prefix = slash < 0 ? undefined : text.slice(0, slash);
  const rest = text.slice(slash + 1);
  if (rest.includes("/")) return "must have at most one slash";
  if (prefix === "") return "must have a prefix before the slash";
  if (prefix !== undefined && prefix.length > 253) return "must have at most 253 characters before the slash";
  if (prefix !== undefined && !subdomain.test(prefix)) return "must have a lower-case DNS name before the slash";
  if (rest === "") return "must have a name";
  if (rest.length > 63) return "must have a name of at most 63 characters";
  return name.test(rest) ? undefined : `must have a name of ${nameRule}`;
}
