import type { V1Container, V1Probe } from "@kubernetes/client-node";
import { connect } from "node:net";
import { Agent, request } from "undici";

/** Asks a container once, from outside its network namespace, as a kubelet does: true when it answered well in time. */
export const askProbe = async (probe: V1Probe, container: V1Container, podIP: string): Promise<boolean> => {
  const timeout = (probe.timeoutSeconds ?? 1) * 1000;
  const { httpGet, tcpSocket } = probe;
  if (httpGet) {
    const scheme = (httpGet.scheme ?? "HTTP").toLowerCase();
    const url = `${scheme}://${httpGet.host ?? podIP}:${portOf(httpGet.port, container)}${httpGet.path ?? "/"}`;
    return answersWell(url, timeout);
  }
  if (tcpSocket) return opens(tcpSocket.host ?? podIP, portOf(tcpSocket.port, container), timeout);
  throw new Error("the harness kubelet asks httpGet and tcpSocket probes, no others");
};

// A connection per question, and no look at certificates: both as a kubelet.
const answersWell = async (url: string, timeout: number): Promise<boolean> => {
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false, timeout }, allowH2: false, pipelining: 0 });
  try {
    const answer = await request(url, {
      dispatcher,
      signal: AbortSignal.timeout(timeout),
      headers: { "user-agent": "kube-probe/1.36" },
    });
    await answer.body.dump();
    return answer.statusCode >= 200 && answer.statusCode < 400;
  } catch {
    return false;
  } finally {
    await dispatcher.destroy();
  }
};

const opens = (host: string, port: number, timeout: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout });
    const done = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", done(true)).once("error", done(false)).once("timeout", done(false));
  });

const portOf = (port: number | string | object, container: V1Container): number => {
  if (typeof port === "number") return port;
  const named = container.ports?.find(({ name }) => name === port)?.containerPort;
  if (named === undefined) throw new Error(`container ${container.name} has no port called ${String(port)}`);
  return named;
};
