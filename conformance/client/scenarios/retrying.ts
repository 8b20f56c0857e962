import { answeringEach, earlyMs, gapsIn, sameInAll, waited } from "../calls.js";
import { ending, failed, pass } from "../checks.js";
import { errorTo } from "../conforming.js";
import { eachItsOwn, envelopeOf, keyOf, messageCount, messagesIn, paramsOf } from "../messages.js";
import type { ClientCase, Scenario } from "../scenario.js";
import { helloTask } from "./http.js";

const longestWaitMs = 8000;
/** How much longer a wait that doubles may seem at the least, where the one before seems long. */
const leastGrowth = 1.25;
const unavailable = { status: 503, body: { detail: "Service Unavailable" } };
const tooMany = (retryAfter: string) => ({
  status: 429,
  headers: { "Retry-After": retryAfter },
  body: errorTo(null, 429, "Rate limit exceeded", { error: "Rate limit exceeded" }),
});

/** Rules for the repeats of one message. */
const sameMessage: readonly ClientCase[] = [
  {
    aspect: "same-key",
    title: "Every attempt has the same idempotency key, as header and in params",
    level: "MUST",
    requirements: ["CLIENT-002"],
    judge: sameInAll("one X-Idempotency-Key, and the same in params, in at least two attempts", (message) => {
      const key = keyOf(message);
      return key === undefined ? null : [key, paramsOf(message)?.idempotency_key];
    }),
  },
  {
    aspect: "same-envelope",
    title: "Every attempt has the same envelope, so that the agent can tell it for a repeat",
    level: "SHOULD",
    requirements: ["IDEM-001"],
    judge: sameInAll("one envelope in at least two attempts", (message) => envelopeOf(message)),
  },
];

const attempts = (count: number, title: string, requirements: readonly string[]): ClientCase => ({
  aspect: "attempts",
  title,
  level: "MUST",
  requirements,
  judge: messageCount(count, `${count} attempts`),
});

const once = (requirements: readonly string[]): ClientCase => ({
  aspect: "once",
  title: "A message that was refused in this way is not sent again",
  level: "MUST",
  requirements,
  judge: messageCount(1, "one message, which is refused"),
});

/** Scenarios of attempts that fail, and of what follows. */
export const retryingScenarios: readonly Scenario[] = [
  {
    name: "retry-reset",
    title: "A connection that breaks",
    summary: `Send ${helloTask}, with the retries that your library makes by itself. The connection of the first attempt is reset, the next attempt is answered. Exit 0 once its answer has come.`,
    profile: "core",
    requirements: ["CLIENT-005"],
    behave: answeringEach((_, number) => (number === 0 ? { status: 200, reset: true } : undefined)),
    cases: [attempts(2, "A connection error is followed by another attempt", ["CLIENT-005"]), ...sameMessage],
  },
  {
    name: "retry-timeout",
    title: "An attempt without an answer",
    summary: `Set the longest duration of one attempt to ASAP_CONFORMANCE_ATTEMPT_TIMEOUT_MS and send ${helloTask}. The first attempt is not answered, the next one is. Exit 0 once its answer has come. Where attempts have no timeout of their own, exit 77.`,
    profile: "core",
    requirements: ["CLIENT-005"],
    env: {
      ASAP_CONFORMANCE_ATTEMPT_TIMEOUT_MS: { summary: "milliseconds that one attempt may take", value: () => "1000" },
    },
    takesMs: 3000,
    behave: answeringEach((_, number) => (number === 0 ? { status: 200, silent: true } : undefined)),
    cases: [attempts(2, "A timeout is followed by another attempt", ["CLIENT-005"])],
  },
  {
    name: "retry-503",
    title: "An agent that is not available",
    summary: `Send ${helloTask}, with the retries that your library makes by itself. Every attempt is answered with HTTP status 503. Exit 0 when the call has failed, 1 when it gave a result.`,
    profile: "core",
    requirements: ["CLIENT-005"],
    takesMs: 5000,
    behave: answeringEach(() => unavailable),
    cases: [
      attempts(3, "There are three attempts in total", ["CLIENT-005"]),
      {
        aspect: "waits",
        title: "The wait before the second attempt is 1 second, that before the third 2 seconds, and a little more",
        level: "MUST",
        requirements: ["CLIENT-008"],
        judge: (session) => {
          const verdict = waited(
            [
              [1000, longestWaitMs],
              [2000, longestWaitMs],
            ],
            "at least 1000 ms, then at least 2000 ms",
          )(session);
          const [first = 0, second = 0] = gapsIn(session);
          if (verdict.outcome !== "pass" || second >= leastGrowth * first) return verdict;
          return failed("a second wait of twice the first", `waits of ${first} and ${second} ms`, -1);
        },
      },
      ...sameMessage,
    ],
  },
  {
    name: "retry-429",
    title: "A rate limit that names seconds",
    summary: `Send ${helloTask}, with the retries that your library makes by itself. The first attempt is answered with HTTP status 429, \`Retry-After: 2.9\` and a JSON-RPC error whose id is null, the next one with a result. Exit 0 once that has come.`,
    profile: "core",
    requirements: ["CLIENT-005"],
    takesMs: 3000,
    behave: answeringEach((_, number) => (number === 0 ? tooMany("2.9") : undefined)),
    cases: [
      attempts(2, "Status 429 is followed by another attempt, although the id in its body is null", [
        "CLIENT-005",
        "CLIENT-018",
      ]),
      {
        aspect: "wait",
        title: "The wait is as long as Retry-After says, in seconds with decimals",
        level: "MUST",
        requirements: ["CLIENT-007"],
        judge: waited([[2900, longestWaitMs]], "at least 2900 ms"),
      },
    ],
  },
  {
    name: "retry-429-date",
    title: "A rate limit that names a time",
    summary: `Send ${helloTask}, with the retries that your library makes by itself. The first attempt is answered with HTTP status 429 and a Retry-After that is an HTTP date, two to three seconds from now, the next one with a result. Exit 0 once that has come.`,
    profile: "core",
    requirements: ["CLIENT-005"],
    takesMs: 3000,
    behave: answeringEach((_, number) => {
      if (number > 0) return undefined;
      return tooMany(new Date(Math.ceil(Date.now() / 1000) * 1000 + 2000).toUTCString());
    }),
    cases: [
      attempts(2, "Status 429 is followed by another attempt", ["CLIENT-005"]),
      {
        aspect: "wait",
        title: "There is no attempt before the time that Retry-After names",
        level: "MUST",
        requirements: ["CLIENT-007"],
        judge: (session) => {
          const expected = "an attempt after the time in Retry-After";
          const [first, second] = messagesIn(session);
          const date = first?.request.sent?.headers.find(([name]) => name === "Retry-After")?.[1];
          if (first === undefined || second === undefined || date === undefined)
            return failed(expected, `no attempt after one that was limited; ${ending(session.end)}`, -1);
          const ms = second.clockMs - Date.parse(date);
          if (ms >= -earlyMs && ms <= longestWaitMs) return pass;
          return failed(expected, `an attempt ${Math.abs(ms)} ms ${ms < 0 ? "before" : "after"} it`, second.request.at);
        },
      },
    ],
  },
  {
    name: "refused-4xx",
    title: "Refusals that are final",
    summary: `Send ${helloTask} three times, one after another, each as a new message, whatever becomes of the one before. They are answered with HTTP status 400, 404 and 403. Exit 0 when each call has failed, 1 when one gave a result.`,
    profile: "core",
    requirements: ["CLIENT-006"],
    behave: answeringEach((_, number) => ({ status: [400, 404, 403][number % 3] ?? 400, body: { detail: "No" } })),
    cases: [
      {
        aspect: "once",
        title: "A message that was answered with another 4xx than 429 is not sent again",
        level: "MUST",
        requirements: ["CLIENT-006"],
        judge: messageCount(3, "three messages, each of which is refused"),
      },
      {
        aspect: "keys",
        title: "Each of the messages has an idempotency key of its own",
        level: "MUST",
        requirements: ["CLIENT-002"],
        judge: eachItsOwn("an X-Idempotency-Key that no other message has", keyOf),
      },
    ],
  },
  {
    name: "answer-internal-error",
    title: "An answer that is an internal error",
    summary: `Send ${helloTask}. It is answered with the JSON-RPC error -32603 and HTTP status 200. Exit 0 when the call has failed, 1 when it gave a result.`,
    profile: "core",
    requirements: ["CLIENT-010"],
    behave: answeringEach((document) => ({ status: 200, body: errorTo(document, -32603, "Internal error") })),
    cases: [once(["CLIENT-017"])],
  },
];
