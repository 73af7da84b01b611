/** What answers somewhere: by TCP it accepts and closes, by UDP it sends back what it gets. */
export type Ports = { readonly tcp?: readonly number[]; readonly udp?: readonly number[] };

// By UDP each address for itself: an answer would come from another than was asked.
const server = `
  const [addresses, tcp, udp] = process.argv.slice(1).map((words) => JSON.parse(words));
  let waiting = addresses.length * (tcp.length + udp.length);
  const up = () => --waiting || console.log("up");
  for (const address of addresses) {
    for (const port of tcp)
      require("node:net").createServer((socket) => socket.on("error", () => {}).end("hello")).listen(port, address, up);
    for (const port of udp) {
      const socket = require("node:dgram").createSocket(address.includes(":") ? "udp6" : "udp4");
      socket.on("message", (text, from) => socket.send(text, from.port, from.address)).on("error", () => {});
      socket.bind(port, address, up);
    }
  }
  process.on("SIGTERM", () => process.exit(0));
`;

/** The words of a program that answers at these addresses, and says "up" when it does. */
export const listener = (addresses: readonly string[], { tcp = [], udp = [] }: Ports): readonly string[] => [
  process.execPath,
  "-e",
  server,
  ...[addresses, tcp, udp].map((list) => JSON.stringify(list)),
];
