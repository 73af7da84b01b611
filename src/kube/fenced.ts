import type { Transport } from "./transport.ts";

/** A transport for a leader's work: `fence` is asked in the moment of each write, and keeps it back by a throw. Reads pass. */
export const fenced = (transport: Transport, fence: () => void): Transport => ({
  ...transport,
  request: (method, path, options = {}) =>
    transport.request(method, path, method === "GET" ? options : { ...options, fence }),
});
