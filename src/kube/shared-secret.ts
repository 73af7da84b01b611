import { failedWith, unlessGone } from "./failure.ts";
import { create, get, replace } from "./objects.ts";
import type { KubeObject } from "./kube-object.ts";
import type { Place } from "./resource.ts";
import { resources } from "./resources.ts";
import type { Transport } from "./transport.ts";

/** One Secret that several processes write: losing a race is an answer, everything else is thrown. */
export const sharedSecret = (transport: Transport, place: Place) => ({
  read: <T = KubeObject>(): Promise<T | undefined> => unlessGone(get<T>(transport, resources.secrets, place)),
  create: async (secret: KubeObject): Promise<"created" | "exists"> => {
    try {
      await create(transport, resources.secrets, secret);
      return "created";
    } catch (problem) {
      if (failedWith(problem, "alreadyExists")) return "exists";
      throw problem;
    }
  },
  replace: async (secret: KubeObject): Promise<"replaced" | "conflict"> => {
    try {
      await replace(transport, resources.secrets, secret);
      return "replaced";
    } catch (problem) {
      if (failedWith(problem, "conflict")) return "conflict";
      throw problem;
    }
  },
});
