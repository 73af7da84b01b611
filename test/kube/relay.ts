import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { apiServerAddress, apiServerPort } from "../cluster/addresses.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { servingCertificate } from "../cluster/pki.ts";

/** What a fault does with a request: answers it, or hands it on and does something to the answer. */
export type Fault = (answer: ServerResponse, forward: () => Promise<IncomingMessage>) => void | Promise<void>;

/** A relay that speaks HTTP with both sides, as a balancer does, so that it can answer for the API server, badly. */
export type Relay = {
  readonly url: string;
  /** Every request so far: method, path with query, authorization. */
  readonly seen: readonly { readonly line: string; readonly authorization: string | undefined }[];
  /** Does this to the next request whose line contains `part`; resolves when it is about to. */
  readonly next: (part: string, fault: Fault) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** A relay with a certificate of the cluster's own authority. Who comes without a token is the administrator behind it. */
export const startRelay = async ({ session: { authority, admin } }: Cluster): Promise<Relay> => {
  const seen: Relay["seen"][number][] = [];
  const faults: { readonly part: string; readonly fault: Fault; readonly happens: () => void }[] = [];
  const serving = await servingCertificate(authority, ["localhost"], ["127.0.0.1"]);

  const server = createServer(serving, (near, answer) => {
    const line = `${near.method} ${near.url}`;
    const { authorization } = near.headers;
    seen.push({ line, authorization });
    const forward = async (): Promise<IncomingMessage> => {
      const far = request({
        host: apiServerAddress,
        port: apiServerPort,
        path: near.url,
        method: near.method,
        headers: { ...near.headers, host: apiServerAddress },
        ca: authority.cert,
        agent: false,
        ...(authorization === undefined ? { cert: admin.cert, key: admin.key } : {}),
      });
      answer.on("close", () => far.destroy());
      far.on("error", () => answer.destroy());
      near.pipe(far);
      const [said] = (await once(far, "response")) as [IncomingMessage];
      return said;
    };
    const index = faults.findIndex(({ part }) => line.includes(part));
    const [chosen] = index === -1 ? [] : faults.splice(index, 1);
    chosen?.happens();
    // Whoever hung up in between hears nothing; the request that failed is what tests look at.
    Promise.resolve((chosen?.fault ?? passOn)(answer, forward)).catch(() => answer.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    next: (part, fault) => new Promise((happens) => faults.push({ part, fault, happens })),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};

const passOn: Fault = async (answer, forward) => {
  const said = await forward();
  answer.writeHead(said.statusCode ?? 502, said.headers);
  // A quiet watch has been agreed to, long before it says something.
  answer.flushHeaders();
  said.on("error", () => answer.destroy());
  said.pipe(answer);
};

/** Resets the connection without an answer. */
export const cut: Fault = (answer) => void answer.socket?.destroy();

/** Answers by itself. */
export const says =
  (status: number, headers: Readonly<Record<string, string>>, body: string): Fault =>
  (answer) =>
    void answer.writeHead(status, headers).end(body);

/** Hands the answer on after `change` has had its way with the whole of it. */
export const changed =
  (change: (body: string) => string): Fault =>
  async (answer, forward) => {
    const said = await forward();
    const body = change((await said.toArray()).join(""));
    answer.writeHead(said.statusCode ?? 502, { "content-type": "application/json" }).end(body);
  };

/** Hands on the first half of the answer and breaks off. */
export const half: Fault = async (answer, forward) => {
  const said = await forward();
  const body = Buffer.concat(await said.toArray());
  answer.writeHead(said.statusCode ?? 502, { "content-type": "application/json", "content-length": body.length });
  answer.write(body.subarray(0, body.length / 2), () => answer.destroy());
};

/** Hands a stream on up to the middle of the first chunk that contains `part`, and breaks off. */
export const halfOf =
  (part: string): Fault =>
  async (answer, forward) => {
    const said = await forward();
    answer.writeHead(said.statusCode ?? 502, said.headers);
    answer.flushHeaders();
    for await (const chunk of said as AsyncIterable<Buffer>) {
      if (chunk.includes(part)) return void answer.write(chunk.subarray(0, chunk.length / 2), () => answer.destroy());
      answer.write(chunk);
    }
    answer.end();
  };
