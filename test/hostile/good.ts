import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { paths } from "../../src/admission/paths.ts";
import { pod, review } from "../unit/admission/reviews.ts";
import type { Victim } from "./victim.ts";
import { addresses, answered, dialTls, postOf } from "./wire.ts";

/** A review that is pinned. */
export const goodBody = JSON.stringify(review(pod()));

/** Sends it over a connection that stands, and finds it pinned. */
export const isPinned = async (socket: Socket): Promise<void> => {
  const reply = answered(socket);
  socket.write(postOf(paths.mutatePods, goodBody));
  const { status, body } = await reply;
  assert.equal(status, 200, body);
  assert.equal(JSON.parse(body).response.patchType, "JSONPatch");
};

/** A new connection from the API server's address is answered: whatever happens meanwhile, and whatever came before. */
export const stillAnswers = async (victim: Victim): Promise<void> => {
  const socket = await dialTls(victim, addresses.apiServer);
  await isPinned(socket);
  socket.destroy();
};
