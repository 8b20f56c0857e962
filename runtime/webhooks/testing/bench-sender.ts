import { createHmac, createSecretKey } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Pool } from "undici";
import { sqliteState } from "../../state/sqlite/open.js";
import type { NewDelivery, Settlement } from "../delivery.js";
import { type WebhookOptions, webhookPlan } from "../options.js";
import { WebhookService } from "../service.js";
import type { WebhookStore } from "../webhook-store.js";

const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const urlsOfOrigin = 125;
const data = { conversation_id: "conversation", status: "completed", result: { text: "x".repeat(160) } };

/** What one round came to. */
export interface Round {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
  /** From queueing to the written answer, in milliseconds, in order. */
  readonly latencies: readonly number[];
  readonly delivered: number;
  readonly dead: number;
  /** Most memory over that of the idle process, in bytes. */
  readonly memory: number;
}

/** What a round does. */
export interface Task {
  readonly kind: "bare" | "durable" | "pending";
  readonly count: number;
  readonly concurrency: number;
  readonly ports: readonly number[];
  /** Beginning of the paths. */
  readonly path: string;
}

const bodyOf = (id: string): string =>
  JSON.stringify({ id, event: "task.completed", task_id: id, timestamp: "2026-01-01T00:00:00.000Z", data });

const urlOf = ({ ports, path }: Task, number: number): readonly [origin: string, path: string] => {
  const place = number % (ports.length * urlsOfOrigin);
  return [`http://127.0.0.1:${ports[place % ports.length]}`, `/${path}/${place}`];
};

let made = 0;

const pools = new Map<string, Pool>();

/** Posts with pools of `undici` alone, signed in the same ways. */
async function bare(task: Task): Promise<Round> {
  for (const port of task.ports) {
    const origin = `http://127.0.0.1:${port}`;
    if (!pools.has(origin))
      pools.set(origin, new Pool(origin, { connections: Math.ceil(task.concurrency / task.ports.length) }));
  }
  const [text, decoded] = [createSecretKey(secret, "utf8"), createSecretKey(secret.slice(6), "base64")];
  let sent = 0;
  const one = async (): Promise<void> => {
    while (sent < task.count) {
      const [origin, path] = urlOf(task, sent);
      const id = `msg_${sent++}`;
      const body = bodyOf(id);
      const seconds = Math.floor(Date.now() / 1_000);
      const standard = createHmac("sha256", decoded).update(`${id}.${seconds}.`).update(body).digest("base64");
      const headers = {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": String(seconds),
        "webhook-signature": `v1,${standard}`,
        "x-asap-signature": `sha256=${createHmac("sha256", text).update(body).digest("hex")}`,
      };
      const answer = await (pools.get(origin) as Pool).request({ path, method: "POST", headers, body });
      await answer.body.dump();
    }
  };
  const [startedAt, cpu] = [performance.now(), process.cpuUsage()];
  await Promise.all(Array.from({ length: task.concurrency }, one));
  const round = roundOf(task.count, startedAt, cpu);
  return { ...round, latencies: [], delivered: task.count, dead: 0, memory: 0 };
}

function roundOf(count: number, startedAt: number, cpu: NodeJS.CpuUsage) {
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: (count * 1_000) / (performance.now() - startedAt), cpuMicroseconds: (user + system) / count };
}

function deliveriesOf(task: Task): readonly NewDelivery[] {
  return Array.from({ length: task.count }, (_, number) => {
    const id = `msg_${made++}`;
    return {
      id,
      subscriptionId: "sub",
      url: urlOf(task, number).join(""),
      taskId: id,
      event: "task.completed" as const,
      body: bodyOf(id),
      orderKey: null,
      batchSize: 1,
      batchMs: 0,
      createdMs: Date.now(),
      expiresMs: null,
    };
  });
}

const stateOf = () => {
  const path = join(mkdtempSync(join(tmpdir(), "asap-delivery-bench-")), "state.db");
  return sqliteState({ path, durability: "full", webhooks: { maxPendingPerUrl: 1_000_000 } });
};
let opened: ReturnType<typeof stateOf> | undefined;

async function store(): Promise<WebhookStore> {
  opened ??= stateOf();
  const { webhooks } = await opened;
  if (webhooks === undefined) throw new Error("the state keeps no webhooks");
  if ((await webhooks.subscriptions.get("sub")) === undefined) {
    await webhooks.subscriptions.put({
      id: "sub",
      owner: "urn:asap:agent:bench",
      taskId: "bench",
      url: "http://127.0.0.1/",
      events: null,
      secrets: [{ value: `plain:${secret}`, untilMs: null }],
      auth: null,
      ordered: false,
      batch: null,
      disabled: null,
      createdMs: Date.now(),
      version: 1,
    });
  }
  return webhooks;
}

interface Running {
  readonly concurrency: number;
  readonly service: WebhookService;
  onSettled: (settlement: Settlement) => void;
}

let running: Running | undefined;

/** A service that sends so many at a time: the one of the round before where it does. */
async function started(kept: WebhookStore, { concurrency, ports }: Task): Promise<Running> {
  if (running?.concurrency === concurrency) return running;
  await running?.service.close(0);
  const options: WebhookOptions = {
    egress: { allowLoopback: true },
    endpointRate: "off",
    globalRate: "off",
    concurrency,
    perEndpoint: Math.max(64, Math.ceil(concurrency / ports.length)),
    timeoutMs: 60_000,
  };
  const service = new WebhookService({
    agentId: "urn:asap:agent:bench",
    store: kept,
    plan: webhookPlan(options),
    isJoined: false,
    log: {},
    now: Date.now,
    onSettled: (settlement) => begun.onSettled(settlement),
  });
  const begun: Running = { concurrency, service, onSettled: () => {} };
  await service.start();
  running = begun;
  return begun;
}

/** Queues before the time is taken where receivers answer at once: they hold their answers meanwhile. */
async function queued({ path, ports }: Task, queue: () => Promise<void>): Promise<readonly [number, NodeJS.CpuUsage]> {
  const sink = `http://127.0.0.1:${ports[0]}`;
  const isHeld = path === "now";
  if (isHeld) await (await fetch(`${sink}/hold`)).arrayBuffer();
  const begun = [performance.now(), process.cpuUsage()] as const;
  await queue();
  if (!isHeld) return begun;
  const held = [performance.now(), process.cpuUsage()] as const;
  await (await fetch(`${sink}/go`)).arrayBuffer();
  return held;
}

/** Posts what is queued in a file that survives a loss of power, each attempt in the history. */
async function durable(task: Task): Promise<Round> {
  const kept = await store();
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const queuedAt = new Map<string, number>();
  const latencies: number[] = [];
  const isWatched = task.path !== "now";
  let [delivered, dead] = [0, 0];
  const sending = await started(kept, task);
  sending.onSettled = ({ delivery, outcome }) => {
    if (outcome.kind === "dead") dead += 1;
    if (outcome.kind === "delivered") {
      delivered += 1;
      if (isWatched) latencies.push(performance.now() - (queuedAt.get(delivery.id) ?? 0));
    }
    if (delivered + dead === task.count) end();
  };
  globalThis.gc?.();
  const idle = process.memoryUsage.rss();
  let memory = 0;
  const look = () => {
    memory = Math.max(memory, process.memoryUsage.rss() - idle);
  };
  const looks = setInterval(isWatched ? look : () => {}, 50);
  const deliveries = deliveriesOf(task);
  const [startedAt, cpu] = await queued(task, async () => {
    for (let from = 0; from < deliveries.length; from += 1_000) {
      const some = deliveries.slice(from, from + 1_000);
      for (const { id } of some) queuedAt.set(id, performance.now());
      await kept.queue.enqueue(some);
    }
  });
  if (task.kind === "pending") await wait(3_000);
  else await ended;
  const round = roundOf(task.count, startedAt, cpu);
  clearInterval(looks);
  latencies.sort((one, other) => one - other);
  return { ...round, latencies, delivered, dead, memory };
}

/** The sending side of a benchmark in a process of its own: does each {@link Task} it is told, and tells the {@link Round}. */
export function beSender(): void {
  process.on("message", (task: Task) => {
    (task.kind === "bare" ? bare(task) : durable(task)).then(
      (round) => process.send?.(round),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  });
  process.on("disconnect", () => process.exit(0));
  process.send?.("ready");
}
