import type { Context } from "./case.js";
import { errorData, errorOf } from "./checks.js";
import { task } from "./documents.js";
import type { Probe } from "./probe.js";
import type { Callback, Callbacks, Receiver } from "./receiver.js";
import { sleepUnless } from "./stop.js";
import type { Exchange, Wire, WireRequest } from "./wire.js";

/** Why webhooks are not judged when no host was given. */
export const noHost = "no host was given for a receiver of the suite (--callback-host)";
/** Why webhooks are not judged at an agent that does not post any. */
export const noWebhooks = "the health answer does not name webhooks.push among its capabilities";

/** A wire that waits for what arrives at the callbacks of its requests, where there is a receiver. */
export function receiving(wire: Wire, receiver: Receiver | undefined): Wire {
  if (receiver === undefined) return wire;
  return {
    close: () => wire.close(),
    async exchange(request, signal) {
      const { callback } = request;
      if (callback === undefined) return wire.exchange(request, signal);
      receiver.open(callback);
      const exchange = await wire.exchange(request, signal);
      if (!isRefused(exchange)) await awaited(callback, receiver, signal);
      return { ...exchange, arrived: receiver.arrivals(callback.inbox) };
    },
  };
}

/** Whether there is no task that anything could be told of. */
const isRefused = (exchange: Exchange): boolean =>
  ![101, 200].includes(exchange.response?.status ?? 0) ||
  [-32600, -32601, -32602].includes(Number(errorOf(exchange)?.code));

async function awaited(callback: Callback, receiver: Receiver, signal?: AbortSignal): Promise<void> {
  const { inbox, until, forMs, settleMs = 0 } = callback;
  const stop = signal ?? new AbortController().signal;
  const untilMs = performance.now() + forMs;
  while (!until(receiver.arrivals(inbox)) && !stop.aborted) {
    const leftMs = untilMs - performance.now();
    if (leftMs <= 0) return;
    const late = new AbortController();
    await Promise.race([receiver.next(), sleepUnless(AbortSignal.any([stop, late.signal]), leftMs)]);
    late.abort();
  }
  if (settleMs > 0) await sleepUnless(stop, settleMs);
}

/**
 * Finds out whether the agent posts webhooks to the receiver. One that did not answer a task is not asked for another.
 *
 * @param found what the probe of the agent told
 * @returns What cases may know of the receiver, or why there is none; an obstacle where the agent may not reach it.
 */
export async function meetReceiver(
  send: (request: WireRequest) => Promise<Exchange>,
  receiver: Receiver | undefined,
  context: Context,
  { health, isTaskAnswered }: Pick<Probe, "health" | "isTaskAnswered">,
  retries: number,
): Promise<{ readonly callbacks: Callbacks | string; readonly obstacle?: string }> {
  const { capabilities } = health ?? {};
  const isNamed = Array.isArray(capabilities) && capabilities.includes("webhooks.push");
  if (!isNamed && !context.declares.has("webhooks")) return { callbacks: noWebhooks };
  if (receiver === undefined) return { callbacks: noHost };
  const { url: base, place } = receiver;
  const callbacks: Callbacks = { url: (inbox) => `${base}/${inbox}`, place, retries };
  if (!isTaskAnswered) return { callbacks };
  const config = { callback_url: callbacks.url(context.newId()), callback_events: ["task.failed"] };
  const trial = await send(task(context, { payload: { config } }));
  const code = errorData(trial)?.code;
  if (code !== "asap:transport/webhook_url_rejected") return { callbacks };
  const obstacle = `the agent refuses webhooks to the suite's receiver ${base}; it must be allowed to post there`;
  return { callbacks, obstacle };
}
