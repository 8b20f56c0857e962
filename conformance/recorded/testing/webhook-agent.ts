import { setMaxListeners } from "node:events";
import { request as httpRequest } from "node:http";
import { asObject } from "../../documents.js";
import { objectOf, sent } from "../../mutants/edit.js";
import { type Answered, type Asked, wrap } from "../../mutants/wrap.js";
import { recordings } from "./judge.js";
import { echo } from "./runs.js";
import { numberHeader, startStub } from "./stub.js";
import { type Form, formOf, habitFor } from "./webhook-recordings.js";

/** What became of the deliveries of one request. */
export interface Delivered {
  /** Names of the recordings that their form, each attempt, and their end come from, in order. */
  readonly names: string[];
  /** Statuses that were not recorded themselves, but others of their class. */
  readonly stated: number[];
  /** Statuses that nothing was recorded of, 0 for no answer: the delivery ended there. */
  readonly unknown: number[];
}

/** The recorded agent that echoes, with the recorded deliveries. */
export interface WebhookAgent {
  readonly url: string;
  /** What became of the deliveries of a request, by the number that its answer has in {@link numberHeader}. */
  delivered(number: string): Delivered;
  close(): Promise<void>;
}

interface Registration {
  readonly url: string;
  readonly secret?: string;
  readonly events: readonly string[];
}

/** What the stand-in posts of a task that was carried out. */
const told = ["task.started", "task.completed"];

/** Waits between attempts in milliseconds, as section 12.3 states them. */
const waitMs = (attempt: number): number => Math.min(16_000, 1_000 * 2 ** (attempt - 1));

/**
 * Starts an agent on 127.0.0.1 that answers as the recorded variant `echo`, and that posts the events of tasks to the
 * callbacks of their requests as the reference's library was recorded to post.
 *
 * What is recorded is the delivery: headers, form and signature of a request, and how many attempts there are after each
 * status. The reference knows no registration over the wire and posts nothing by itself (wire 12.1); a call of its library
 * does. So the registration stands in: `callback_url`, `callback_events` and `callback_secret` of a task's config say what
 * that call is given, and are taken out of the request before it is answered. The waits are those of section 12.3, as no
 * recording has times. A delivery that is answered what nothing was recorded of ends there, and is told of as unknown.
 */
export async function startWebhookAgent(): Promise<WebhookAgent> {
  const stub = await startStub({ ...echo, recordings });
  const log = new Map<string, Delivered>();
  const ended = new AbortController();
  setMaxListeners(0, ended.signal);
  const delivered = (number: string): Delivered => {
    const known = log.get(number) ?? { names: [], stated: [], unknown: [] };
    log.set(number, known);
    return known;
  };
  const wrapped = await wrap(stub.url, {
    name: "posts webhooks",
    killedBy: "",
    ask: withoutCallback,
    answer: (answered, asked) => {
      const registration = registrationIn(asked);
      const taskId = taskIn(answered);
      const number = answered.headers[numberHeader];
      if (registration !== undefined && taskId !== undefined && typeof number === "string")
        for (const event of registration.events)
          void deliver({ ...registration, event, taskId }, delivered(number), ended.signal);
      return answered;
    },
  });
  return {
    url: wrapped.url,
    delivered,
    async close() {
      ended.abort();
      await wrapped.close();
      await stub.close();
    },
  };
}

const callbackNames = ["callback_url", "callback_events", "callback_secret"];

/** The request without what registers a callback. */
const withoutCallback = sent((envelope) => {
  const payload = asObject(envelope.payload);
  const config = asObject(payload?.config);
  if (payload === undefined || config === undefined) return {};
  const others = Object.entries(config).filter(([name]) => !callbackNames.includes(name));
  const { config: _, ...rest } = payload;
  return { payload: others.length === 0 ? rest : { ...rest, config: Object.fromEntries(others) } };
});

function registrationIn({ body }: Asked): Registration | undefined {
  const envelope = asObject(asObject(objectOf(body).params)?.envelope);
  const config = asObject(asObject(envelope?.payload)?.config);
  const { callback_url: url, callback_events: chosen, callback_secret: secret } = config ?? {};
  if (typeof url !== "string") return undefined;
  const events = Array.isArray(chosen) ? told.filter((event) => chosen.includes(event)) : told;
  return { url, events, ...(typeof secret === "string" ? { secret } : {}) };
}

function taskIn({ status, body }: Answered): string | undefined {
  const envelope = asObject(asObject(status === 200 ? objectOf(body).result : undefined)?.envelope);
  const taskId = asObject(envelope?.payload)?.task_id;
  return typeof taskId === "string" ? taskId : undefined;
}

/** Delivers an event, attempt by attempt, as often as was recorded for the statuses it is answered. */
async function deliver(
  { url, secret, event, taskId }: Registration & { readonly event: string; readonly taskId: string },
  { names, stated, unknown }: Delivered,
  signal: AbortSignal,
): Promise<void> {
  const form = formOf(event, taskId, secret, new URL(url).host);
  names.push(...form.names);
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    const status = await post(url, form, signal);
    const habit = habitFor(status);
    if (habit === undefined) {
      unknown.push(status);
      return;
    }
    const { posts, outcome } = habit.delivery;
    if (!habit.isRecorded) stated.push(status);
    names.push(posts[Math.min(attempt, posts.length) - 1]?.name ?? outcome);
    const next = posts[attempt];
    if (next === undefined) {
      names.push(outcome);
      return;
    }
    await pause(waitMs(attempt), signal);
    names.push(next.name);
  }
}

/** Posts, follows no redirect, and tells the status of the answer; 0 where none came. */
function post(url: string, { headers, body }: Form, signal: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    const options = { method: "POST", headers: headers.flat(), agent: false, signal } as const;
    const request = httpRequest(url, options, (response) => {
      response.resume();
      response.once("close", () => resolve(response.statusCode ?? 0));
    });
    request.once("error", () => resolve(0));
    request.end(body);
  });
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal.addEventListener("abort", over);
  });
