import { mutantsOf, rightAnswer } from "./edit.js";
import {
  again,
  attempts,
  counting,
  credulous,
  newEnvelopes,
  newKeys,
  oneAttempt,
  oneWait,
  only,
  repeating,
  unaware,
} from "./exchanges.js";
import type { ClientMutant } from "./mutant.js";

const retry = {
  reset: mutantsOf("retry-reset"),
  timeout: mutantsOf("retry-timeout"),
  unavailable: mutantsOf("retry-503"),
  limited: mutantsOf("retry-429"),
  dated: mutantsOf("retry-429-date"),
};
const repeats = ["same-key", "same-envelope"];

/** Clients that are wrong about repeats. */
export const retryingClients: readonly ClientMutant[] = [
  retry.reset(
    "reset-is-final",
    "A client that gives up when a connection breaks",
    ["attempts", "completed"],
    oneAttempt,
    repeats,
  ),
  retry.reset("reset-new-key", "A client whose attempts have keys of their own", "same-key", newKeys),
  retry.reset(
    "reset-new-envelope",
    "A client whose attempts have envelope ids of their own",
    "same-envelope",
    newEnvelopes,
  ),
  retry.timeout(
    "timeout-is-final",
    "A client that gives up when an attempt is not answered",
    ["attempts", "completed"],
    oneWait,
  ),
  retry.unavailable("one-attempt", "A client that makes one attempt alone", "attempts", oneAttempt, [
    "waits",
    ...repeats,
  ]),
  retry.unavailable("two-attempts", "A client that makes two attempts", "attempts", repeating(1000), ["waits"]),
  retry.unavailable("four-attempts", "A client that makes four attempts", "attempts", repeating(1000, 2000, 1)),
  retry.unavailable("no-wait", "A client that repeats at once", "waits", repeating(0, 0)),
  retry.unavailable("even-waits", "A client whose waits do not grow", "waits", repeating(1000, 1000)),
  retry.unavailable("even-long-waits", "A client whose waits are long and do not grow", "waits", repeating(2500, 2500)),
  retry.unavailable("new-key", "A client that takes a new key after a 503", "same-key", newKeys),
  retry.unavailable("new-envelope", "A client that takes a new envelope id after a 503", "same-envelope", newEnvelopes),
  retry.unavailable(
    "unavailable-is-success",
    "A client that takes a 503 for an answer at the third attempt",
    "completed",
    counting(async (number, asked, forward) => {
      const reply = await forward();
      return number === 3 ? rightAnswer(asked) : reply;
    }),
  ),
  retry.limited("limit-is-final", "A client that gives up at a 429", ["attempts", "completed"], oneAttempt, ["wait"]),
  retry.limited("whole-seconds", "A client that drops the decimals of Retry-After", "wait", repeating(2000)),
  retry.limited("no-retry-after", "A client that does not look at Retry-After", "wait", unaware),
  retry.dated(
    "dated-is-final",
    "A client that gives up at a 429 whose Retry-After is a date",
    ["attempts", "completed"],
    oneAttempt,
    ["wait"],
  ),
  retry.dated("no-date", "A client that does not know dates in Retry-After", "wait", unaware),
  mutantsOf("refused-4xx")(
    "refusals-are-success",
    "A client that takes a 403 for an answer",
    "completed",
    only(3, credulous),
  ),
  mutantsOf("refused-4xx")("refused-again", "A client that repeats after a 4xx", "once", again, ["keys"]),
  mutantsOf("refused-4xx")(
    "refused-key",
    "A client that has one idempotency key",
    "keys",
    attempts(({ headers: given }) => ({ headers: { ...given, "x-idempotency-key": "key" } })),
  ),
  mutantsOf("answer-internal-error")(
    "internal-is-success",
    "A client that takes -32603 for an answer",
    "completed",
    credulous,
  ),
  mutantsOf("answer-internal-error")("internal-again", "A client that repeats after -32603", "once", again),
];
