import { connect, type TLSSocket } from "node:tls";
import { once } from "node:events";
import type { AdmissionServer } from "../../../src/admission/server.ts";
import { authority } from "./reviews.ts";

/** Listens on a free port of 127.0.0.1 and gives the port. */
export const listen = async (app: AdmissionServer): Promise<number> => {
  await app.listen({ host: "127.0.0.1", port: 0 });
  const address = app.server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
};

/** A TLS connection that trusts `ca`. Its own end stays open when the server ends, as an API server's would. */
export const dial = async (port: number, ca: string = authority.cert): Promise<TLSSocket> => {
  const socket = connect({ host: "127.0.0.1", port, ca, servername: "domicile.domicile-system.svc" });
  await once(socket, "secureConnect");
  return socket;
};

/** A POST of this body as it goes over the wire. */
export const request = (url: string, body: string, length: number = Buffer.byteLength(body)): string =>
  `POST ${url} HTTP/1.1\r\nHost: domicile\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${body}`;

/** Everything until the server ends the connection. */
export const untilEnd = async (socket: TLSSocket): Promise<string> => {
  let text = "";
  for await (const chunk of socket) text += String(chunk);
  return text;
};

/** Everything until this has been said. */
export const until = (socket: TLSSocket, said: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = "";
    const read = (chunk: Buffer): void => {
      text += chunk.toString();
      if (!text.includes(said)) return;
      socket.off("data", read);
      resolve(text);
    };
    socket.on("data", read);
    socket.once("error", reject);
    socket.once("end", () => reject(new Error(`the server ended after ${JSON.stringify(text)}`)));
  });
