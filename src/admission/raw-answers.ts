import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";

/** Answers what is not HTTP, or stopped half-way, or took too long, and closes the connection. */
export const answerBrokenRequest = (error: NodeJS.ErrnoException, socket: Socket): void => {
  // Before a handshake is over nothing can be said, and what is to be said would keep the connection open for ever.
  if (error.code === "ECONNRESET" || error.code === "ERR_TLS_HANDSHAKE_TIMEOUT" || !socket.writable) {
    socket.destroy();
    return;
  }
  end(socket, broken[error.code ?? ""] ?? otherwise);
};

/** Answers what Node would refuse without a word. */
export const answerOddRequests = (server: HttpServer | HttpsServer): void => {
  server.on("connect", (_request: IncomingMessage, socket: Socket) => end(socket, tunnel));
  server.on("checkExpectation", (_request: IncomingMessage, { socket }: ServerResponse) => {
    if (socket !== null) end(socket, expectation);
  });
};

/** Tells a connection that it had to make room for another, and closes it. */
export const answerCrowded = (socket: Socket): void => end(socket, crowded);

const end = (socket: Socket, { status, message }: Broken): void => {
  const body = JSON.stringify({ message });
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  socket.destroySoon();
};

type Broken = { readonly status: string; readonly message: string };

const tunnel: Broken = { status: "405 Method Not Allowed", message: "Domicile is no proxy." };
const expectation: Broken = { status: "417 Expectation Failed", message: "No expectation but 100-continue is known." };
const crowded: Broken = {
  status: "503 Service Unavailable",
  message: "Too many connections: this one was needed least. Try again.",
};
const otherwise: Broken = { status: "400 Bad Request", message: "This is not a whole HTTP request." };
const broken: Readonly<Record<string, Broken>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: "408 Request Timeout", message: "The request did not arrive in time." },
  HPE_HEADER_OVERFLOW: { status: "431 Request Header Fields Too Large", message: "The headers are too large." },
};
