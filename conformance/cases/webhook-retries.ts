import {
  arrived,
  briefMs,
  has,
  listed,
  of,
  soonMs,
  type Told,
  tells,
  toldCase,
  webhookSecret,
} from "../callback-case.js";
import type { Case, Context, Level } from "../case.js";
import type { Check } from "../checks.js";
import type { Arrival } from "../receiver.js";
import { signedWith } from "../webhook-signature.js";

const event = "task.completed";
/** First wait between two attempts, in milliseconds; each further one is twice as long. */
const firstMs = 1_000;
/** What is added to the longest wait that is taken, in milliseconds. */
const slackMs = 1_500;

const waitMs = (attempt: number): number => firstMs * 2 ** (attempt - 1);
const longestMs = (attempt: number): number => 2 * waitMs(attempt) + slackMs;
const attempts = (arrivals: readonly Arrival[]): Arrival[] => of(event, arrivals);

/** A task whose callback answers with these statuses, then 204, until there were so many attempts. */
const failing = (
  context: Context,
  statuses: readonly number[],
  count = statuses.length + 1,
  more: Partial<Told> = {},
): Told => {
  const waits = Array.from({ length: count - 1 }, (_, at) => longestMs(at + 1));
  return {
    config: { callback_events: [event], callback_secret: webhookSecret },
    answers: { event, statuses },
    until: has(event, count),
    forMs: waits.reduce((sum, ms) => sum + ms, soonMs(context)),
    ...more,
  };
};

const again: Check = arrived(0, "a second attempt", (arrivals) =>
  attempts(arrivals).length > 1 ? null : `${attempts(arrivals).length} attempts`,
);

const retried = (id: string, words: string, status: number): Case =>
  toldCase({
    id: `retry.${id}`,
    title: `An event is posted again after ${words}`,
    requirements: ["HOOK-004", "HOOKW-004"],
    told: (context) => failing(context, [status]),
    checks: [tells(0, event), again],
  });

/** Something about the attempts of one delivery. */
const attempted = (
  id: string,
  title: string,
  requirements: readonly string[],
  level: Level,
  found: (first: Arrival, second: Arrival) => string | null,
): Case =>
  toldCase({
    id: `retry.${id}`,
    title,
    requirements,
    level,
    told: (context) => failing(context, [503]),
    checks: [
      tells(0, event),
      again,
      arrived(0, title, (arrivals) => {
        const [first, second] = attempts(arrivals);
        return first === undefined || second === undefined ? listed(arrivals) : found(first, second);
      }),
    ],
  });

const idOf = ({ headers }: Arrival): string | undefined => headers["webhook-id"];

/** The case, which does not apply where deliveries have no id. */
const whereNamed = (one: Case): Case => ({
  ...one,
  judge: (exchanges, context) => {
    const arrivals = exchanges[0]?.arrived ?? [];
    return arrivals.length > 0 && arrivals.every((arrival) => idOf(arrival) === undefined)
      ? { outcome: "not-applicable", reason: "deliveries have no webhook-id" }
      : one.judge(exchanges, context);
  },
});

const retriesOf = ({ callbacks }: Context): number => (typeof callbacks === "string" ? 1 : callbacks.retries);

const growing: Check = arrived(
  0,
  "1 s before the second attempt, twice as long before each further one",
  (arrivals, _, context) => {
    const seen = attempts(arrivals);
    const wanted = retriesOf(context) + 1;
    if (seen.length < wanted) return `${seen.length} of ${wanted} attempts`;
    const gaps = seen.slice(1).map(({ beganAt }, at) => Math.round(beganAt - (seen[at]?.answeredAt ?? 0)));
    const isOff = gaps.some((gap, at) => gap < 0.95 * waitMs(at + 1) || gap > longestMs(at + 1));
    return isOff ? `waits of ${gaps.join(", ")} ms` : null;
  },
);

const retries: readonly Case[] = [
  retried("500", "the receiver answered 500", 500),
  retried("503", "the receiver answered 503", 503),
  retried("408", "the receiver answered 408", 408),
  retried("429", "the receiver answered 429", 429),
  retried("no-answer", "the connection ended without an answer", 0),
  toldCase({
    id: "retry.wait",
    title: "The wait before a second attempt is about 1 s, and each further wait twice as long",
    requirements: ["HOOK-004", "HOOKW-003"],
    told: (context) => failing(context, Array(retriesOf(context)).fill(503)),
    checks: [tells(0, event), growing],
  }),
  attempted("same-body", "Every attempt has the same body", ["HOOK-004"], "SHOULD", (first, second) =>
    first.body.equals(second.body) ? null : `another body: ${second.body.toString("utf8")}`,
  ),
  whereNamed(
    attempted(
      "same-id",
      "Every attempt has the same webhook-id, by which a receiver knows it again",
      ["HOOK-004"],
      "SHOULD",
      (first, second) =>
        idOf(first) === idOf(second) ? null : `webhook-id: ${idOf(first) ?? "none"}, then ${idOf(second) ?? "none"}`,
    ),
  ),
  toldCase({
    id: "retry.signed",
    title: "Every attempt is signed",
    requirements: ["HOOK-003", "HOOKW-001"],
    told: (context) => failing(context, [503]),
    checks: [tells(0, event), again, signedWith(webhookSecret)],
  }),
];

/** Milliseconds in which a second attempt would have come. */
const notAgainMs = 1_700;

const final = (status: number, requirement: string): Case =>
  toldCase({
    id: `final.${status}`,
    title: `An event is not posted again after the receiver answered ${status}`,
    requirements: [requirement],
    told: (context) => failing(context, [status], 1, { settleMs: notAgainMs }),
    checks: [
      tells(0, event),
      arrived(0, "one attempt", (arrivals) =>
        attempts(arrivals).length === 1 ? null : `${attempts(arrivals).length} attempts`,
      ),
    ],
  });

const finals: readonly Case[] = [
  final(302, "HOOKW-011"),
  ...[400, 404, 410].map((status) => final(status, "HOOKW-004")),
];

const redirects: readonly Case[] = [301, 302, 303, 307, 308].map((status) =>
  toldCase({
    id: `redirect.${status}`,
    title: `A redirect is not followed: ${status}`,
    requirements: ["HOOKW-006"],
    told: (context) => failing(context, [status], 1, { settleMs: briefMs }),
    checks: [
      tells(0, event),
      arrived(0, "no request to where the redirect leads", (arrivals) => {
        const followed = arrivals.filter(({ below }) => below !== "");
        return followed.length === 0 ? null : listed(followed);
      }),
    ],
  }),
);

/** What becomes of a delivery that fails. */
export const retryCases: readonly Case[] = [...retries, ...finals, ...redirects];
