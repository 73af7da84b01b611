import { KubeError } from "./failure.ts";

const newline = 0x0a;

/** The lines of a byte stream, as UTF-8 without their newline; empty ones are left out. A line above `longest` bytes, or an end in the middle of one, is a KubeError. */
export async function* readLines(bytes: AsyncIterable<Buffer>, longest: number, name: string): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  let held = 0;
  for await (const chunk of bytes) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, from)) {
      const line = Buffer.concat([...parts, chunk.subarray(from, end)]).toString("utf8");
      parts = [];
      held = 0;
      from = end + 1;
      if (line !== "") yield line;
    }
    if (from === chunk.length) continue;
    parts.push(chunk.subarray(from));
    held += chunk.length - from;
    if (held > longest) {
      throw new KubeError({ kind: "malformed", message: `a line is longer than ${longest} bytes` }, name);
    }
  }
  if (held > 0) {
    throw new KubeError({ kind: "network", message: "the connection ended in the middle of an event" }, name);
  }
}
