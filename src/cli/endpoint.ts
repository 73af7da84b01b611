import { parseAddress, type Address } from "../cidr/address.ts";
import { Stop } from "./stop.ts";

/** One end of a connection as a person names it. */
export type Endpoint =
  | { readonly kind: "address"; readonly address: Address; readonly text: string }
  /** `namespace` is undefined where only the context's is meant. */
  | { readonly kind: "pod"; readonly namespace: string | undefined; readonly name: string };

/** What is asked of a connection. */
export type Asked = {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly protocol: "TCP" | "UDP" | "SCTP";
  readonly port: number;
};

/** Reads `payments/api-0`, `198.51.100.7` and `[2001:db8::1]:443/tcp`; a Stop says what is wrong. */
export const readAsked = (from: string, to: string): Asked => {
  const [, host = "", digits = "", word = "tcp"] = /^(.*):(\d{1,5})(?:\/(tcp|udp|sctp))?$/i.exec(to) ?? [];
  const port = Number(digits);
  if (host === "" || port < 1 || port > 65_535)
    throw new Stop(
      "unreadable",
      `--to ${to} names no port; write it as 198.51.100.7:443/tcp, [2001:db8::1]:443 or payments/api-0:8080.`,
    );
  const protocol = protocols[word.toLowerCase()] ?? "TCP";
  const [one, other] = [readEnd("from", from), readEnd("to", host)];
  const asked = { from: one, to: other, protocol, port };
  if (asked.from.kind === "address" && asked.to.kind === "address")
    throw new Stop("unreadable", "neither --from nor --to is a pod; name at least one, such as payments/api-0.");
  return asked;
};

const protocols: Readonly<Record<string, Asked["protocol"]>> = { tcp: "TCP", udp: "UDP", sctp: "SCTP" };

const readEnd = (option: "from" | "to", text: string): Endpoint => {
  const bare = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  if (bare.includes(":") || /^[\d.]+$/.test(bare)) {
    const read = parseAddress(bare);
    if (!read.ok) throw new Stop("unreadable", `--${option}: ${read.problem.replace(/[.?]?$/, (end) => end || ".")}`);
    if (text === bare && bare.includes(":") && option === "to")
      throw new Stop("unreadable", `--to ${text}: write an IPv6 address in brackets, as [2001:db8::1]:443.`);
    return { kind: "address", address: read.address, text: bare };
  }
  const [first = "", second, ...rest] = bare.split("/");
  const [namespace, name] = second === undefined ? [undefined, first] : [first, second];
  for (const part of [name, ...(namespace === undefined ? [] : [namespace]), ...rest])
    if (rest.length > 0 || !/^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/.test(part))
      throw new Stop("unreadable", `--${option} ${text} is neither an address nor a pod; write NAMESPACE/NAME.`);
  return { kind: "pod", namespace, name };
};
