import { createServer } from "node:http";
import type { ComponentName, ControlPlane } from "./control-plane.ts";
import { componentNames } from "./control-plane.ts";

/** Serves POST /COMPONENT/stop|start|kill on a Unix socket, so that tests in other processes can break the control plane. */
export const serveControl = (plane: ControlPlane, socket: string): void => {
  const act = async (path: string): Promise<string | undefined> => {
    const [, name, verb] = path.split("/");
    const component = componentNames.includes(name as ComponentName)
      ? plane.components[name as ComponentName]
      : undefined;
    if (component === undefined) return `no component is called ${name}`;
    if (verb === "stop") await component.stop();
    else if (verb === "kill") await component.stop("SIGKILL");
    else if (verb === "start") await component.start();
    else return `a component can be stopped, killed and started, not ${verb}`;
    return undefined;
  };
  createServer((request, response) => {
    act(request.url ?? "/").then(
      (problem) => response.writeHead(problem === undefined ? 200 : 404).end(problem),
      (problem: unknown) => response.writeHead(500).end(String(problem)),
    );
  }).listen(socket);
};
