import { validateWebhookEvent } from "../../generated/validators/webhook-event.js";
import {
  arrived,
  briefMs,
  callbackCase,
  callbackOf,
  each,
  eventOf,
  has,
  listed,
  of,
  tells,
  told,
  toldCase,
  usual,
  webhookSecret,
  whole,
} from "../callback-case.js";
import { canonicalFault } from "../canonical.js";
import type { Case, Context, Level, Step } from "../case.js";
import { accepted, answerPayload, type Check, fault, judged, show } from "../checks.js";
import { answered, sayTask, talk } from "../conversation.js";
import { task } from "../documents.js";
import { hasSlowSkill, hasWebSocket } from "../prerequisites.js";
import type { Arrival, Callbacks } from "../receiver.js";
import { answerTo, firstUpdate, long, notCompleted, sayAbout, saySlow, short } from "../slow-task.js";
import { signedWith, unsigned } from "../webhook-signature.js";
import type { Exchange } from "../wire.js";
import { addressCases } from "./webhook-addresses.js";
import { retryCases } from "./webhook-retries.js";

/** A case about the events of the task that is sent once in a run. */
const usualCase = (
  id: string,
  title: string,
  requirements: readonly string[],
  check: Check,
  level: Level = "MUST",
): Case =>
  callbackCase({
    id,
    title,
    requirements,
    level,
    steps: (callbacks, context) => [usual(callbacks, context)],
    judge: judged(accepted(0), check),
  });

const taskOf = (exchange: Exchange): unknown => answerPayload(exchange)?.task_id;

const events: readonly Case[] = [
  usualCase(
    "events.started",
    "That a task began is posted to the callback of its request",
    ["HOOK-001"],
    tells(0, "task.started"),
  ),
  usualCase(
    "events.completed",
    "That a task completed is posted to the callback of its request",
    ["HOOK-001"],
    tells(0, "task.completed"),
  ),
  usualCase(
    "events.method",
    "Events come by POST, as application/json",
    ["HOOK-001"],
    each(0, "POST with Content-Type: application/json", ({ method, headers }) => {
      const type = headers["content-type"] ?? "no Content-Type";
      return method === "POST" && /^application\/json\s*(;|$)/i.test(type) ? null : `${method} with ${type}`;
    }),
  ),
  callbackCase({
    id: "events.websocket",
    title: "The events of a task that was asked for over a WebSocket are posted to its callback",
    requirements: ["HOOK-001", "WSB-001"],
    prerequisites: [hasWebSocket],
    steps: (callbacks, context) => {
      const callback = callbackOf(context, { until: whole });
      const config = { callback_url: callbacks.url(callback.inbox) };
      return [talk(context, [sayTask(context, { payload: { config } }), answerTo("task")], { callback })];
    },
    judge: judged(answered("task"), tells(0, "task.started"), tells(0, "task.completed")),
  }),
  callbackCase({
    id: "events.cancelled",
    title: "That a task was cancelled is posted as task.failed",
    level: "SHOULD",
    requirements: ["HOOK-001"],
    prerequisites: [hasWebSocket, hasSlowSkill],
    steps: (callbacks, context) => {
      const callback = callbackOf(context, { until: has("task.failed") });
      const config = { callback_url: callbacks.url(callback.inbox) };
      const actions = [
        saySlow(context, long, { payload: { config } }),
        firstUpdate,
        sayAbout(context, "cancel", "task.cancel", { reason: "not needed any more" }),
        answerTo("cancel"),
        answerTo("task"),
      ];
      return [talk(context, actions, { callback })];
    },
    judge: judged(answered("cancel"), notCompleted("task"), tells(0, "task.failed")),
  }),
  callbackCase({
    id: "events.failed",
    title: "That a task ran out of the time its request gave it is posted as task.failed",
    level: "SHOULD",
    requirements: ["HOOK-001"],
    prerequisites: [hasSlowSkill],
    steps: (callbacks, context) => {
      const wanted = { config: { timeout_seconds: 0.2 }, payload: { skill_id: "slow", input: { steps: 40, ms: 50 } } };
      const over = (arrivals: readonly Arrival[]) => has("task.failed")(arrivals) || has("task.completed")(arrivals);
      return [told(callbacks, context, { ...wanted, until: over })];
    },
    judge: (exchanges, context) =>
      answerPayload(exchanges[0])?.status === "completed"
        ? { outcome: "not-applicable", reason: "the agent does not heed timeout_seconds" }
        : judged(tells(0, "task.failed"))(exchanges, context),
  }),
  callbackCase({
    id: "events.progress",
    title: "The progress of a running task is posted",
    level: "SHOULD",
    requirements: ["HOOK-001"],
    prerequisites: [hasSlowSkill],
    steps: (callbacks, context) => [
      told(callbacks, context, { payload: { skill_id: "slow", input: short }, until: has("task.progress") }),
    ],
    judge: judged(accepted(0), tells(0, "task.progress")),
  }),
  callbackCase({
    id: "events.chosen",
    title: "Only the events that callback_events names are posted",
    level: "SHOULD",
    requirements: ["HOOK-005"],
    steps: (callbacks, context) => [
      usual(callbacks, context),
      told(callbacks, context, {
        config: { callback_events: ["task.completed"] },
        until: has("task.completed"),
        settleMs: briefMs,
      }),
    ],
    judge: judged(
      accepted(0),
      accepted(1),
      tells(1, "task.completed"),
      arrived(1, "task.completed alone", (arrivals) =>
        of("task.completed", arrivals).length === arrivals.length ? null : listed(arrivals),
      ),
    ),
  }),
  callbackCase({
    id: "events.none-chosen",
    title: "Nothing is posted of a task that completes to who wants to know of failures alone",
    level: "SHOULD",
    requirements: ["HOOK-005"],
    steps: (callbacks, context) => [
      usual(callbacks, context),
      told(callbacks, context, {
        config: { callback_events: ["task.failed"] },
        until: () => false,
        forMs: briefMs,
      }),
    ],
    judge: judged(
      accepted(0),
      tells(0, "task.completed"),
      accepted(1),
      arrived(1, "nothing", (arrivals) => (arrivals.length === 0 ? null : listed(arrivals))),
    ),
  }),
];

const bodies: readonly Case[] = [
  usualCase(
    "body.form",
    "Each body is a WebhookEvent of the task that was answered",
    ["HOOKW-008"],
    each(0, "a JSON object that fits WebhookEvent, of the task", (arrival, exchange) => {
      const event = eventOf(arrival);
      const wrong = fault(validateWebhookEvent, event);
      if (wrong !== null || event?.task_id === taskOf(exchange)) return wrong;
      return `task_id is ${show(event?.task_id)} and not ${show(taskOf(exchange))}`;
    }),
  ),
  usualCase(
    "body.canonical",
    "Each body is compact JSON with sorted keys and escaped non-ASCII",
    ["HOOKW-002"],
    each(0, "compact JSON in ASCII with sorted keys", ({ body }) => canonicalFault(body.toString("utf8"))),
  ),
];

const otherSecrets = [
  ["non-ascii", "in UTF-8", "p\u00e4ss\u{1f511}w\u00f6rt"],
  ["prefix", "as it is written where it begins with whsec_", "whsec_dGhlIHN1aXRlJ3Mgc2VjcmV0"],
] as const;

const signatures: readonly Case[] = [
  usualCase(
    "signature.exact",
    "Events are signed with the secret of the callback, over the bytes of the body",
    ["HOOK-003", "HOOKW-001"],
    signedWith(webhookSecret),
  ),
  ...otherSecrets.map(([id, words, secret]) =>
    toldCase({
      id: `signature.secret.${id}`,
      title: `The key of X-ASAP-Signature is the text of the secret ${words}`,
      level: "SHOULD",
      requirements: ["HOOKW-001"],
      told: () => ({ config: { callback_secret: secret }, until: whole }),
      checks: [tells(0, "task.completed"), signedWith(secret)],
    }),
  ),
  toldCase({
    id: "signature.none",
    title: "Events of a callback without a secret are not signed",
    requirements: ["HOOK-003"],
    told: () => ({ until: whole }),
    checks: [tells(0, "task.completed"), unsigned],
  }),
  toldCase({
    id: "config.null",
    title: "A callback whose events and secret are null gets every event, unsigned",
    requirements: ["HOOKW-007"],
    told: () => ({ config: { callback_events: null, callback_secret: null }, until: whole }),
    checks: [tells(0, "task.started"), tells(0, "task.completed"), unsigned],
  }),
];

const floodSize = 120;
/** A flood that took longer tells nothing of the rate. */
const longestFloodMs = 20_000;
const floodEvent = "task.completed";

const flood = (callbacks: Callbacks, context: Context): readonly Step[] => {
  const callback = callbackOf(context, { until: has(floodEvent, floodSize), forMs: 1_000 });
  const config = { callback_url: callbacks.url(callback.inbox), callback_events: [floodEvent] };
  return [
    ...Array.from({ length: floodSize - 1 }, () => task(context, { payload: { config } }, { expectsLimit: true })),
    task(context, { payload: { config } }, { callback, expectsLimit: true }),
    { ...told(callbacks, context, { until: has(floodEvent) }), expectsLimit: true },
  ];
};

const rate: Case = callbackCase({
  id: "rate",
  title: `Not all of ${floodSize} events for one URL are posted at once, and an event for another does not wait for them`,
  level: "SHOULD",
  requirements: ["HOOK-006"],
  phase: "last",
  steps: flood,
  judge: (exchanges, context) => {
    if (exchanges.some(({ response }) => response?.status === 429))
      return {
        outcome: "not-applicable",
        undecided: true,
        reason: `the agent's rate limit let fewer than ${floodSize} tasks through`,
      };
    const [first, last] = [exchanges[0], exchanges[floodSize - 1]];
    if ((last?.startedAt ?? 0) - (first?.startedAt ?? 0) > longestFloodMs)
      return {
        outcome: "not-applicable",
        undecided: true,
        reason: `${floodSize} tasks took longer than ${longestFloodMs} ms`,
      };
    return judged(
      accepted(0),
      accepted(floodSize - 1),
      arrived(floodSize - 1, `some of ${floodSize} events, not all`, (arrivals) => {
        const { length } = of(floodEvent, arrivals);
        return length > 0 && length < floodSize ? null : `${length} events`;
      }),
      tells(floodSize, floodEvent),
    )(exchanges, context);
  },
});

/** What an agent posts to callbacks, judged by a receiver of the suite's own. */
export const webhookCases: readonly Case[] = [
  ...events,
  ...bodies,
  ...signatures,
  ...retryCases,
  ...addressCases,
  rate,
];
