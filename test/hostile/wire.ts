import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { Victim } from "./victim.ts";

/** Where attacks come from, and where the API server does: two of this machine's own addresses. */
export const addresses = { attacker: "127.0.0.1", apiServer: "127.0.0.2" } as const;

// Being cut off is an ending like any other: whoever waits hears of it by "close".
const ignore = (): void => undefined;

/** A bare TCP connection. */
export const dialTcp = async (port: number, localAddress: string = addresses.attacker): Promise<Socket> => {
  const socket = connectTcp({ host: "127.0.0.1", port, localAddress });
  socket.on("error", ignore);
  await once(socket, "connect");
  return socket;
};

/** A TLS connection to the webhooks. Reads on after the other side ended. */
export const dialTls = async (
  { webhooks, trust }: Pick<Victim, "webhooks" | "trust">,
  localAddress: string = addresses.attacker,
): Promise<TLSSocket> => {
  const servername = "domicile.domicile-system.svc";
  const socket = connectTls({ socket: await dialTcp(webhooks, localAddress), secureContext: trust, servername });
  socket.on("error", ignore);
  await once(socket, "secureConnect");
  return socket;
};

/** The head of a request, without its end. */
export const headOf = (method: string, url: string, headers: Readonly<Record<string, string | number>> = {}): string =>
  [`${method} ${url} HTTP/1.1`, "Host: domicile", ...Object.entries(headers).map(([k, v]) => `${k}: ${v}`), ""].join(
    "\r\n",
  );

/** A whole POST of JSON. */
export const postOf = (url: string, body: string): string =>
  `${headOf("POST", url, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) })}\r\n${body}`;

/** Everything the other side says until it ends, or cuts the connection off. */
export const heard = async (socket: Socket): Promise<string> => {
  let text = "";
  socket.on("data", (chunk: Buffer) => void (text += chunk.toString("latin1")));
  if (!socket.closed) await once(socket, "close");
  return text;
};

export type Answer = { readonly status: number; readonly body: string };

/** The first answer that comes over a connection, by its Content-Length; fails with what was said instead of one. */
export const answered = (socket: Socket): Promise<Answer> =>
  new Promise((resolve, reject) => {
    let text = "";
    const read = (chunk: Buffer): void => {
      text += chunk.toString("latin1");
      const found = firstAnswer(text);
      if (found === undefined) return;
      socket.off("data", read);
      resolve(found);
    };
    socket.on("data", read);
    socket.once("close", () => reject(new Error(`closed after ${JSON.stringify(text.slice(0, 500))}`)));
  });

/** The first whole answer in what was heard. */
const firstAnswer = (text: string): Answer | undefined => {
  const end = text.indexOf("\r\n\r\n");
  const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(text) ?? [];
  const [, length] = /^content-length: (\d+)$/im.exec(text.slice(0, end)) ?? [];
  const body = text.slice(end + 4, end + 4 + Number(length));
  if (end < 0 || status === undefined || length === undefined || body.length < Number(length)) return undefined;
  return { status: Number(status), body };
};
