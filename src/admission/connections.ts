import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";
import { answerCrowded } from "./raw-answers.ts";

/**
 * How far a connection has come. Silent ones never carried a request that was answered with 200; one that waits
 * did and may carry the next; one in use has a request under way.
 */
type Standing = "silent" | "waiting" | "inUse";

/** What choosing between connections needs of each. `since` counts up: the lower, the longer it has been as it is. */
export type Standings = { readonly address: string; readonly standing: Standing; readonly since: number };

type Connection = {
  readonly name: string;
  readonly address: string;
  standing: Standing;
  since: number;
  socket: Socket;
  speaksHttp: boolean;
};

/**
 * How much a silent connection counts against its address. An API server keeps some 25 waiting connections to a
 * webhook, and whoever holds more silent ones than a quarter of that has to make room before it.
 */
const silentWeight = 4;

/**
 * The connection that makes room for one more: of the address that holds most, the one that is worth least, the
 * oldest of these. An attacker is one pod, or a few, and an API server one address of a few: so whoever floods makes
 * room for himself. Undefined when there are none.
 */
export const leastWorth = <C extends Standings>(connections: Iterable<C>): C | undefined => {
  const weights = new Map<string, number>();
  const all = [...connections];
  for (const { address, standing } of all)
    weights.set(address, (weights.get(address) ?? 0) + (standing === "silent" ? silentWeight : 1));
  const heaviest = Math.max(...weights.values());
  const isLess = (one: C, other: C): boolean =>
    worth[one.standing] - worth[other.standing] < 0 || (one.standing === other.standing && one.since < other.since);
  let least: C | undefined;
  for (const one of all)
    if (weights.get(one.address) === heaviest && (least === undefined || isLess(one, least))) least = one;
  return least;
};

const worth: Readonly<Record<Standing, number>> = { silent: 0, waiting: 1, inUse: 2 };

/**
 * Holds a server to this many connections by closing the one that is worth least, so that whoever fills it up keeps
 * nobody else out. To be called before the server listens.
 */
export const guardConnections = (server: HttpServer | HttpsServer, most: number): void => {
  const connections = new Map<string, Connection>();
  const bySocket = new WeakMap<Socket, Connection>();
  const speaksHttp = !("setSecureContext" in server);
  let count = 0;

  const makeRoom = (): void => {
    const least = leastWorth(connections.values());
    if (least === undefined) return;
    connections.delete(least.name);
    // Who waits has asked nothing: an answer would only be in the way of its next question.
    if (least.speaksHttp && least.standing !== "waiting") answerCrowded(least.socket);
    else least.socket.destroy();
  };

  // Before TLS takes the socket over, whose address and port then are all the two have in common.
  server.prependListener("connection", (socket: Socket) => {
    if (connections.size >= most) makeRoom();
    const name = nameOf(socket);
    const address = socket.remoteAddress ?? "";
    const connection: Connection = { name, address, standing: "silent", since: count++, socket, speaksHttp };
    connections.set(name, connection);
    bySocket.set(socket, connection);
    socket.once("close", () => connections.delete(name));
  });
  server.on("secureConnection", (socket: Socket) => {
    const connection = connections.get(nameOf(socket));
    if (connection === undefined) return;
    Object.assign(connection, { socket, speaksHttp: true });
    bySocket.set(socket, connection);
  });
  server.on("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    const connection = bySocket.get(socket);
    if (connection === undefined) return;
    if (connection.standing === "waiting") connection.standing = "inUse";
    response.once("close", () => {
      if (response.statusCode === 200 || connection.standing === "inUse") connection.standing = "waiting";
      connection.since = count++;
    });
  });
};

const nameOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;
