import { createServer, connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { once } from "node:events";
import { apiServerAddress, apiServerPort } from "../cluster/addresses.ts";

/** A TCP relay to the API server whose connections can be cut, held still, or refused. */
export type Proxy = {
  readonly url: string;
  /** Connections accepted so far. */
  readonly accepted: () => number;
  /** Resolves once so many have been accepted. */
  readonly connected: (count: number) => Promise<void>;
  /** Resets every open connection. */
  readonly cut: () => void;
  /** Passes nothing on any more, and closes nothing: what a lost route looks like. */
  readonly freeze: () => void;
  /** Resets every new connection until `open`. */
  readonly shut: () => void;
  readonly open: () => void;
  readonly close: () => Promise<void>;
};

export const startProxy = async (): Promise<Proxy> => {
  const sockets = new Set<Socket>();
  let accepted = 0;
  const isFewerThan = (count: number): boolean => accepted < count;
  let mode: "open" | "shut" | "frozen" = "open";

  const server = createServer((near) => {
    accepted++;
    keep(near);
    if (mode === "shut") return void near.resetAndDestroy();
    const far = connect(apiServerPort, apiServerAddress);
    keep(far);
    near.on("data", (bytes) => mode !== "frozen" && far.write(bytes));
    far.on("data", (bytes) => mode !== "frozen" && near.write(bytes));
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
  });
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  };
  const cut = (): void => sockets.forEach((socket) => void socket.resetAndDestroy());

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accepted: () => accepted,
    connected: async (count) => {
      while (isFewerThan(count)) await once(server, "connection");
    },
    cut,
    freeze: () => {
      mode = "frozen";
    },
    shut: () => {
      mode = "shut";
      cut();
    },
    open: () => {
      mode = "open";
    },
    close: async () => {
      cut();
      server.close();
      await once(server, "close");
    },
  };
};
