import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StateStore } from "../state/state-store.js";
import { type BundledProgram, bundleProgram } from "../testing/bundled-program.js";
import type { PlaceKind } from "../testing/state-places.js";
import { webhookPlaces } from "../testing/webhook-places.js";
import { ulid } from "../ulid.js";
import { type Receiver, startReceiver } from "./testing/event-receiver.js";
import { openLater } from "./testing/kill-place.js";
import { killedAgent } from "./testing/kill-records.js";
import { agentOn } from "./testing/killed-agent.js";
import { startKilled } from "./testing/killed-process.js";

const rounds = Number(process.env["ASAP_SOAK"] ?? 1);
/** How far the clock after the restart is ahead, in milliseconds: the killed agent's lease of its task is over. */
const aheadMs = 31_000;

let program: BundledProgram;
beforeAll(async () => {
  program = await bundleProgram("runtime/webhooks/testing/kill-agent.ts");
});
afterAll(() => program.remove());

/** One kill, and what there is of it. */
interface Kill {
  readonly title: string;
  readonly skill: "echo" | "once";
  /** Which transaction with deliveries it is killed at: that which makes the task, or that which ends it. */
  readonly at: "in" | "committed";
  readonly time: 1 | 2;
  /** The task after the kill, and the events that wait. */
  readonly status?: "working" | "completed";
  readonly events: readonly string[];
  /** What becomes of it. */
  readonly end: "completed" | "failed";
}

const started = { status: "working", events: ["task.started"] } as const;
const end = "completed";
const ended = { status: end, events: ["task.completed", "task.started"], end } as const;

const kills: readonly Kill[] = [
  { title: "its task being made, before COMMIT", skill: "echo", at: "in", time: 1, events: [], end },
  { title: "its task made, not begun", skill: "echo", at: "committed", time: 1, ...started, end },
  { title: "its task being ended, before COMMIT", skill: "echo", at: "in", time: 2, ...started, end },
  { title: "its task ended, nobody has the answer", skill: "echo", at: "committed", time: 2, ...ended },
  {
    title: "the end of a task that may run once, before COMMIT",
    skill: "once",
    at: "in",
    time: 2,
    ...started,
    end: "failed",
  },
  { title: "the end of a task that may run once, nobody has it", skill: "once", at: "committed", time: 2, ...ended },
];

const requestOf = (skill_id: string, callbackUrl: string): string => {
  const envelope = {
    id: ulid(),
    asap_version: "0.1",
    timestamp: new Date().toISOString(),
    sender: "urn:asap:agent:client",
    recipient: killedAgent,
    payload_type: "task.request",
    payload: { conversation_id: "conv", skill_id, input: { a: 1 }, config: { callback_url: callbackUrl } },
  };
  return JSON.stringify({ jsonrpc: "2.0", method: "asap.send", params: { envelope }, id: "1" });
};

async function killOnce({ fresh }: PlaceKind, kill: Kill, signal: AbortSignal): Promise<void> {
  const { location, remove } = fresh();
  const receiver = await startReceiver();
  const request = requestOf(kill.skill, receiver.url);
  const step = { call: "enqueue", at: kill.at, time: kill.time } as const;
  try {
    expect(await startKilled(program, { location, step, request }, signal).over).toBe("");
    const state = await openLater(location, aheadMs);
    try {
      await checkLeft(state, kill);
      expect(receiver.received).toEqual([]);
      await goOn(state, kill, request, receiver);
    } finally {
      await state.close();
    }
  } finally {
    await receiver.close();
    await remove();
  }
}

/** Checks what the killed agent left: the task and its events as one, or neither. */
async function checkLeft({ tasks, webhooks }: StateStore, { status, events }: Kill): Promise<void> {
  expect((await tasks.list()).items.map(({ task }) => task.status)).toEqual(status === undefined ? [] : [status]);
  expect((await webhooks?.queue.list())?.items.map(({ event }) => event).sort()).toEqual(events);
}

/** Starts the agent again and asks it again; checks what it answers and what is received. */
async function goOn(state: StateStore, { end }: Kill, request: string, receiver: Receiver): Promise<void> {
  const agent = agentOn(state, true);
  try {
    await agent.ready();
    const { result } = JSON.parse(await agent.receive(request));
    if (end === "completed")
      expect(result.envelope.payload).toMatchObject({ status: end, result: { echoed: { a: 1 } } });
    const received = await receiver.arrived(2);
    expect(received.map(({ event }) => event.event).sort()).toEqual([`task.${end}`, "task.started"].sort());
    const [record] = (await state.tasks.list()).items;
    for (const { headers, body } of received)
      expect(JSON.parse(body)).toMatchObject({ id: headers["webhook-id"], task_id: record?.task.id });
  } finally {
    await agent.close(1_000);
  }
  expect((await state.tasks.list()).items.map(({ task }) => task.status)).toEqual([end]);
  expect((await state.webhooks?.queue.list())?.items).toEqual([]);
  expect(receiver.received).toHaveLength(2);
}

describe.each(webhookPlaces)("an agent with its tasks and webhooks in $name, killed at a step (HOOK-004)", (place) => {
  for (const kill of kills)
    test.runIf(place.isThere).concurrent(kill.title, { timeout: 20_000 * rounds }, async ({ signal }) => {
      for (let round = 0; round < rounds; round += 1) await killOnce(place, kill, signal);
    });
});
