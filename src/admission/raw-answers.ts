import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";

/** Answers what is not HTTP, or stopped half-way, or took too long, and closes the connection. */
export const answerBrokenRequest = (error: NodeJS.ErrnoException, socket: Socket): void => {
  const answer = answerTo(error.code ?? "");
  if (answer === undefined || !socket.writable) socket.destroy();
  else end(socket, answer);
};

/**
 * Only the parser (HPE_…) and its clock speak of a request. Any other error is the connection's own, and nothing can be
 * said over that: least of all before a handshake is over, where the answer would wait for its end, keep the connection
 * open meanwhile and then meet a request that nobody has read.
 */
const answerTo = (code: string): Broken | undefined => {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return late;
  if (code === "HPE_HEADER_OVERFLOW") return largeHeaders;
  return code.startsWith("HPE_") ? notWhole : undefined;
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
const notWhole: Broken = { status: "400 Bad Request", message: "This is not a whole HTTP request." };
const late: Broken = { status: "408 Request Timeout", message: "The request did not arrive in time." };
const largeHeaders: Broken = {
  status: "431 Request Header Fields Too Large",
  message: "The headers are too large.",
};
