import assert from "node:assert/strict";
import { test } from "node:test";
import { leastWorth, type Standings } from "../../../src/admission/connections.ts";

let since = 0;
const some = (times: number, address: string, standing: Standings["standing"]): readonly Standings[] =>
  Array.from({ length: times }, () => ({ address, standing, since: since++ }));
const api = "10.0.0.1";

const cases: Readonly<Record<string, { readonly has: readonly Standings[]; readonly goes: Partial<Standings> }>> = {
  "whoever holds most makes room": {
    has: [...some(20, api, "waiting"), ...some(80, "10.1.0.1", "waiting")],
    goes: { address: "10.1.0.1" },
  },
  "among one's own, what never carried a review goes before what waits": {
    has: [...some(1, api, "inUse"), ...some(3, api, "waiting"), ...some(1, api, "silent")],
    goes: { standing: "silent" },
  },
  "what waits goes before what is in use": {
    has: [...some(3, api, "inUse"), ...some(1, api, "waiting")],
    goes: { standing: "waiting" },
  },
  "of equals the oldest goes": {
    has: [
      { address: api, standing: "silent", since: 7 },
      { address: api, standing: "silent", since: 3 },
    ],
    goes: { since: 3 },
  },
  "many attackers who say nothing make room before an API server that holds more connections than each of them": {
    has: [
      ...some(25, api, "waiting"),
      ...some(2, api, "silent"),
      ...Array.from({ length: 100 }, (_, at) => some(10, `10.1.0.${at}`, "silent")).flat(),
    ],
    goes: { address: "10.1.0.0" },
  },
};
for (const [sentence, { has, goes }] of Object.entries(cases))
  test(sentence, () => {
    const least = leastWorth(has);
    assert.deepEqual({ ...least, ...goes }, least);
  });

test("where there is nobody, nobody goes", () => assert.equal(leastWorth([]), undefined));
