import type { Case, Context, Level, Prerequisite, Step } from "./case.js";
import { accepted, type Check, expect, judged, show } from "./checks.js";
import { type Changes, task } from "./documents.js";
import { hasReceiver } from "./prerequisites.js";
import { type Arrival, type Callback, type Callbacks, membersOf } from "./receiver.js";
import type { Exchange, WireRequest } from "./wire.js";

/** Secret of the webhooks that are to be signed. */
export const webhookSecret = "the suite's secret";
/** Milliseconds in which an event is to arrive. */
export const soonMs = ({ timeoutMs }: Pick<Context, "timeoutMs">): number => Math.min(5_000, timeoutMs);
/** Milliseconds in which what should not arrive would have. */
export const briefMs = 300;

/** Steps that need a receiver. */
const withReceiver =
  (steps: (callbacks: Callbacks, context: Context) => readonly Step[]) =>
  (context: Context): readonly Step[] =>
    typeof context.callbacks === "string" ? [] : steps(context.callbacks, context);

/** A case about webhooks. */
export function callbackCase(from: {
  readonly id: string;
  readonly title: string;
  readonly requirements: readonly string[];
  readonly level?: Level;
  readonly phase?: "main" | "last";
  /** What there must be beside a receiver. */
  readonly prerequisites?: readonly Prerequisite[];
  readonly steps: (callbacks: Callbacks, context: Context) => readonly Step[];
  readonly judge: Case["judge"];
}): Case {
  const { id, title, requirements, level = "MUST", phase = "main", prerequisites = [], steps, judge } = from;
  return {
    id: `webhooks.${id}`,
    title,
    area: "webhooks",
    level,
    requirements,
    phase,
    prerequisites: [hasReceiver, ...prerequisites],
    steps: withReceiver(steps),
    judge,
  };
}

/** A task whose events are posted to the suite, and what is waited for. */
export interface Told {
  /** Members of the config beside the URL. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly payload?: Changes["payload"];
  readonly answers?: Callback["answers"];
  readonly until: Callback["until"];
  readonly forMs?: number;
  readonly settleMs?: number;
  readonly share?: string;
}

/** Where the events of a task go, and what is waited for there. */
export function callbackOf(
  context: Context,
  { answers, until, forMs, settleMs }: Omit<Told, "config" | "payload">,
): Callback {
  return {
    inbox: context.newId(),
    ...(answers === undefined ? {} : { answers }),
    until,
    forMs: forMs ?? soonMs(context),
    ...(settleMs === undefined ? {} : { settleMs }),
  };
}

/** The request for that task. */
export function told(callbacks: Callbacks, context: Context, { config, payload, share, ...rest }: Told): WireRequest {
  const callback = callbackOf(context, rest);
  const whole = { ...payload, config: { callback_url: callbacks.url(callback.inbox), ...config } };
  return task(context, { payload: whole }, { callback, ...(share === undefined ? {} : { share }) });
}

/** What arrived of the events of a name, at the callback itself. */
export const of = (event: string, arrivals: readonly Arrival[] = []): Arrival[] =>
  arrivals.filter((arrival) => arrival.below === "" && eventOf(arrival)?.event === event);

/** Whether so many of that event arrived. */
export const has =
  (event: string, count = 1): Callback["until"] =>
  (arrivals) =>
    of(event, arrivals).length >= count;

/** Whether both events of a task that completes arrived. */
export const whole: Callback["until"] = (arrivals) => has("task.started")(arrivals) && has("task.completed")(arrivals);

/** The event that arrived, undefined where it is none. */
export const eventOf = ({ body }: Arrival): Record<string, unknown> | undefined => membersOf(body);

/** A task with a secret whose events are looked at by many cases, sent once in a run. */
export const usual = (callbacks: Callbacks, context: Context): WireRequest =>
  told(callbacks, context, {
    config: { callback_secret: webhookSecret },
    payload: {
      conversation_id: `conv_\u00fc\u4e2d\u{1f600}_${context.newId()}`,
      ...(context.skill === "echo"
        ? { input: { ...context.input, "\u00df": "\u00e4\u20ac\u{1f600}", B: 1, a: 2 } }
        : {}),
    },
    until: whole,
    settleMs: 50,
    share: "webhook task",
  });

/** A check of what arrived after an exchange: null when it is as expected, otherwise what it is instead. */
export const arrived = (
  at: number,
  expected: string,
  found: (arrivals: readonly Arrival[], exchange: Exchange, context: Context) => string | null,
): Check => expect(at, expected, (exchange, context) => found(exchange.arrived ?? [], exchange, context));

/** A check of each of the arrivals, of which there is one at least. */
export const each = (
  at: number,
  expected: string,
  found: (arrival: Arrival, exchange: Exchange) => string | null,
): Check =>
  arrived(at, expected, (arrivals, exchange) => {
    if (arrivals.length === 0) return listed(arrivals);
    return arrivals.map((arrival) => found(arrival, exchange)).find((wrong) => wrong !== null) ?? null;
  });

/** An event of that name arrived. */
export const tells = (at: number, event: string): Check =>
  arrived(at, `a ${event} event`, (arrivals) => (of(event, arrivals).length > 0 ? null : listed(arrivals)));

/** Arrivals in a few words. */
export const listed = (arrivals: readonly Arrival[]): string =>
  arrivals.length === 0
    ? "nothing was posted"
    : arrivals
        .map((one) => `${one.method}${one.below} ${show(eventOf(one)?.event ?? one.body.toString("utf8"))}`)
        .join(", ");

/** A case about one task, which must be carried out. */
export const toldCase = (
  from: Omit<Parameters<typeof callbackCase>[0], "steps" | "judge"> & {
    readonly told: (context: Context) => Told;
    readonly checks: readonly Check[];
  },
): Case => {
  const { told: make, checks, ...rest } = from;
  return callbackCase({
    ...rest,
    steps: (callbacks, context) => [told(callbacks, context, make(context))],
    judge: judged(accepted(0), ...checks),
  });
};
