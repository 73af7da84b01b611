import type { AllowedIn } from "../egress/uncontained.ts";
import type { World } from "../zone/world.ts";
import { malformed, type Decided } from "./decided.ts";
import { faulted } from "./fault.ts";
import { decisionOf, type Observer } from "./observe.ts";
import { respond, sentence, type AdmissionAnswer } from "./respond.ts";
import { readReview, type Review } from "./review.ts";
import type { Webhook } from "./webhook.ts";

/** What deciding needs from outside: the world as it is now, who is told, and a clock that only measures. */
export type Surroundings = {
  readonly world: () => World;
  /** What zones allow, remembered. */
  readonly allowedIn: AllowedIn;
  readonly observer: Observer;
  /** Milliseconds since some moment; never goes back. */
  readonly monotonic: () => number;
};

/** An HTTP status and its JSON. Only what has no uid to answer to, or is left to the failurePolicy, is an HTTP error. */
export type Reply =
  | { readonly status: 200; readonly body: AdmissionAnswer }
  | { readonly status: 400; readonly body: { readonly message: string } };

/** One POST: the webhook of its path, the zone that the path names, and the parsed body. */
export type Call = { readonly webhook: Webhook; readonly zone?: string | undefined; readonly body: unknown };

/** Parse, decide, encode: the answer to one parsed body. Waits for nothing, and throws only what the observer throws. */
export const answerReview = (call: Call, around: Surroundings): Reply => {
  const { webhook, body } = call;
  const begun = around.monotonic();
  const reading = readReview(body);
  const tell = (decided: Decided, review: Partial<Review> | undefined): void =>
    around.observer.record(decisionOf(webhook.path, decided, review, around.monotonic() - begun));

  if (reading.kind === "malformed") {
    const { uid, message } = reading;
    const outcome = { kind: "denied", code: 400, message } as const;
    tell({ reason: "Malformed", zone: undefined, outcome }, uid === undefined ? undefined : { uid });
    return uid === undefined
      ? { status: 400, body: { message: sentence(message) } }
      : { status: 200, body: respond(uid, outcome) };
  }

  const decided = decide(call, reading.review, around);
  tell(decided, reading.review);
  return { status: 200, body: respond(reading.review.uid, decided.outcome) };
};

const decide = ({ webhook, zone }: Call, review: Review, { world, observer, allowedIn }: Surroundings): Decided => {
  if (!webhook.knows(review.kind)) return malformed(`${kindOf(review)} is not answered here, only ${webhook.answers}`);
  let taken: World | undefined;
  try {
    taken = world();
    return webhook.decide(taken, review, zone, allowedIn);
  } catch (error) {
    observer.fault(error, review.uid);
    return faulted(webhook, taken, review, error);
  }
};

const kindOf = ({ kind }: Review): string =>
  `request.kind ${[kind.group, kind.version, kind.kind]
    .filter((part) => part !== "")
    .join("/")
    .slice(0, 120)}`;
