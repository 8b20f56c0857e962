import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqliteState } from "../../state/sqlite/open.js";
import { hasSqlite } from "../../testing/services.js";
import type { Attempt, DeadLetter, NewDelivery } from "../delivery.js";
import { type WebhookNotice, type WebhookOptions, webhookPlan } from "../options.js";
import { memoryWebhooks } from "../queue/memory.js";
import { WebhookService } from "../service.js";
import type { WebhookStore } from "../webhook-store.js";
import type { NewSubscription, Subscription } from "../webhooks.js";

/** Where webhooks are kept in a test. */
export interface Place {
  readonly store: WebhookStore;
  /** Path of the file, where there is one. */
  readonly path: string | undefined;
  close(): Promise<void>;
}

/** An engine of webhooks to test with. */
export interface Engine {
  readonly name: string;
  readonly isThere: boolean;
  open(now: () => number): Promise<Place>;
}

/** The engines that need no server. */
export const engines: readonly Engine[] = [
  {
    name: "memory",
    isThere: true,
    open: async (now) => ({ store: memoryWebhooks({ now }), path: undefined, close: async () => {} }),
  },
  {
    name: "SQLite",
    isThere: hasSqlite,
    async open(now) {
      const folder = mkdtempSync(join(tmpdir(), "asap-webhooks-"));
      const path = join(folder, "state.db");
      const state = await sqliteState({ path, now });
      if (state.webhooks === undefined) throw new Error("the state keeps no webhooks");
      return {
        store: state.webhooks,
        path,
        async close() {
          await state.close();
          rmSync(folder, { recursive: true, force: true });
        },
      };
    },
  },
];

/** Options of {@link startSending}. */
export interface SendingOptions extends Omit<WebhookOptions, "store" | "onNotice"> {
  readonly engine?: Engine;
  /** A place that is open already, and is left open. */
  readonly place?: Place;
  /** Default: `Date.now`. */
  readonly now?: () => number;
  /** Default: 0 always. */
  readonly random?: () => number;
}

/** A line of the log. */
export interface Line {
  readonly level: string;
  readonly event: string;
  readonly fields: unknown;
}

/** Webhooks of an agent, with real parts, and what is seen of them. */
export interface Sending {
  readonly service: WebhookService;
  readonly place: Place;
  readonly notices: WebhookNotice[];
  readonly lines: Line[];
  /** Outcomes written so far, in order. */
  readonly outcomes: string[];
  /** Queues events of a subscription. @returns Their ids. */
  queue(subscription: Pick<Subscription, "id" | "url">, count?: number, more?: Partial<NewDelivery>): Promise<string[]>;
  /** Subscribes, and queues one event. */
  post(url: string, more?: Partial<NewSubscription>): Promise<{ subscription: Subscription; id: string }>;
  /** Resolves once a condition holds, which is looked at after every settlement and every notice. */
  until(condition: () => boolean | Promise<boolean>): Promise<void>;
  /** Resolves once nothing waits or is under way. */
  empty(): Promise<void>;
  history(deliveryId?: string): Promise<readonly Attempt[]>;
  dead(): Promise<readonly DeadLetter[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

let made = 0;

/** A delivery of an event. */
export function deliveryTo(
  { id: subscriptionId, url }: Pick<Subscription, "id" | "url">,
  more: Partial<NewDelivery> = {},
): NewDelivery {
  const id = `msg_${process.pid}_${made++}`;
  return {
    id,
    subscriptionId,
    url,
    taskId: "task-1",
    event: "task.completed",
    body: JSON.stringify({ id, event: "task.completed", task_id: "task-1" }),
    orderKey: null,
    batchSize: 1,
    batchMs: 0,
    createdMs: 1,
    expiresMs: null,
    ...more,
  };
}

/** Starts webhooks that reach this host, without bounds on rates and with short waits. */
export async function startSending(options: SendingOptions = {}): Promise<Sending> {
  const { engine = engines[0] as Engine, now = Date.now, random = () => 0, place, ...wanted } = options;
  const own = place ?? (await engine.open(now));
  const notices: WebhookNotice[] = [];
  const lines: Line[] = [];
  const outcomes: string[] = [];
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  const logTo = (level: string) => (event: string, fields: unknown) => void lines.push({ level, event, fields });
  const plan = webhookPlan({
    egress: { allowLoopback: true },
    endpointRate: "off",
    globalRate: "off",
    retry: { baseMs: 1, maxMs: 4 },
    circuit: { failures: 1_000 },
    ...wanted,
    onNotice(notice) {
      notices.push(notice);
      tell();
    },
  });
  const service = new WebhookService({
    agentId: "urn:asap:agent:sender",
    store: own.store,
    plan,
    isJoined: false,
    log: { info: logTo("info"), warn: logTo("warn"), error: logTo("error") },
    now,
    random,
    onSettled(settlement) {
      outcomes.push(settlement.outcome.kind);
      tell();
    },
  });
  await service.start();
  const { queue } = own.store;
  const sending: Sending = {
    service,
    place: own,
    notices,
    lines,
    outcomes,
    async queue(subscription, count = 1, more = {}) {
      const deliveries = Array.from({ length: count }, () => deliveryTo(subscription, { createdMs: now(), ...more }));
      await queue.enqueue(deliveries);
      return deliveries.map(({ id }) => id);
    },
    async post(url, more = {}) {
      const subscription = await service.subscribe({ url, ...more });
      const [id = ""] = await sending.queue(subscription);
      return { subscription, id };
    },
    async until(condition) {
      let turn = () => {};
      const listener = () => turn();
      listeners.add(listener);
      try {
        for (;;) {
          const changed = new Promise<void>((resolve) => {
            turn = resolve;
            setTimeout(resolve, 20);
          });
          if (await condition()) return;
          await changed;
        }
      } finally {
        listeners.delete(listener);
      }
    },
    empty: () =>
      sending.until(async () => {
        const { pending, leased } = await queue.stats();
        return pending + leased === 0;
      }),
    async history(deliveryId) {
      const { items } = await queue.history(deliveryId === undefined ? {} : { deliveryId }, { limit: 1_000 });
      return items.toReversed();
    },
    dead: async () => (await queue.dead.list({}, { limit: 1_000 })).items,
    async [Symbol.asyncDispose]() {
      await service.close(0);
      if (place === undefined) await own.close();
    },
  };
  return sending;
}
