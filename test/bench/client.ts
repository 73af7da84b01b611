import { once } from "node:events";
import { connect } from "node:tls";

/** A keep-alive connection that carries one request at a time. */
export type Client = {
  /** Sends a whole request as it goes over the wire and resolves when its answer is there; throws unless that is 200. */
  readonly ask: (request: Buffer) => Promise<void>;
  readonly close: () => void;
};

/** Connects. It does as little as it can per request, or it would be the client that is measured. */
export const openClient = async (port: number, ca: string): Promise<Client> => {
  const socket = connect({ host: "127.0.0.1", port, ca, servername: "domicile.domicile-system.svc" });
  await once(socket, "secureConnect");
  socket.setNoDelay(true);
  let pending: PromiseWithResolvers<void> | undefined;
  let missing = 0;
  socket.on("data", (chunk: Buffer) => {
    if (missing > 0) missing -= chunk.length;
    else {
      const end = chunk.indexOf("\r\n\r\n");
      const head = chunk.toString("latin1", 0, end);
      const [, length] = /^content-length: (\d+)$/im.exec(head) ?? [];
      if (length === undefined || !head.startsWith("HTTP/1.1 200"))
        return pending?.reject(new Error(chunk.toString("utf8", 0, 500)));
      missing = Number(length) - (chunk.length - end - 4);
    }
    if (missing === 0) pending?.resolve();
  });
  socket.on("error", (error) => pending?.reject(error));
  const closed = (): Error => new Error("the server closed the connection");
  socket.once("close", () => pending?.reject(closed()));
  return {
    ask: (request) => {
      // A write to it would be lost, and nobody would hear of it.
      if (socket.destroyed) return Promise.reject(closed());
      pending = Promise.withResolvers();
      socket.write(request);
      return pending.promise;
    },
    close: () => socket.destroy(),
  };
};

/** A POST of JSON as it goes over the wire. */
export const wireOf = (path: string, body: string): Buffer =>
  Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
