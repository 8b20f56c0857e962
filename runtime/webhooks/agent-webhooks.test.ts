import { afterEach, describe, expect, it } from "vitest";
import { type Agent, type AgentOptions, createAgent } from "../agent.js";
import { skill } from "../skill.js";
import { memoryState } from "../state/memory.js";
import { openState } from "../state/open-state.js";
import type { StateStore } from "../state/state-store.js";
import { placeKinds } from "../testing/state-places.js";
import { ulid } from "../ulid.js";
import type { WebhookOptions } from "./options.js";
import { webhooks } from "./poster.js";
import { type Receiver, startReceiver } from "./testing/event-receiver.js";
import { verifyWebhookBody } from "./verify.js";

const id = "urn:asap:agent:server";
const client = "urn:asap:agent:client";
const toThisHost: WebhookOptions = { egress: { allowLoopback: true }, retry: { baseMs: 20 } };

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function receiverOf(statusOf?: (number: number) => number): Promise<Receiver> {
  const receiver = await startReceiver(statusOf);
  closing.push(() => receiver.close());
  return receiver;
}

function agentOf(
  state: StateStore | undefined,
  options: WebhookOptions = toThisHost,
  more: Partial<AgentOptions> = {},
) {
  const agent = createAgent({
    id,
    ...(state && { state }),
    webhooks: webhooks(options),
    skills: {
      echo: skill({ description: "Echo", run: async (input) => ({ echoed: input }) }),
      pure: skill({ description: "Echo", pure: true, run: (input) => ({ echoed: input }) }),
      fails: skill({ description: "Fails", run: () => Promise.reject(new Error("canary")) }),
      slow: skill({
        description: "Waits",
        run: (_input, call) =>
          new Promise<never>((_resolve, reject) =>
            call.signal.addEventListener("abort", () => reject(call.signal.reason)),
          ),
      }),
      reports: skill({
        description: "Reports",
        async *run() {
          yield { percent: 10 };
          yield { percent: 90 };
          return {};
        },
      }),
    },
    ...more,
  });
  closing.push(() => agent.close(1_000));
  return agent;
}

function request(skillId: string, config: Record<string, unknown> | undefined, envelopeId = ulid()) {
  return envelopeOf(
    "task.request",
    { conversation_id: "conv", skill_id: skillId, input: { a: 1 }, config },
    envelopeId,
  );
}

function envelopeOf(payloadType: string, payload: object, envelopeId = ulid()): string {
  const envelope = {
    id: envelopeId,
    asap_version: "0.1",
    timestamp: new Date().toISOString(),
    sender: client,
    recipient: id,
    payload_type: payloadType,
    payload,
  };
  return JSON.stringify({ jsonrpc: "2.0", method: "asap.send", params: { envelope }, id: "1" });
}

async function answerOf(agent: Agent, text: string) {
  return JSON.parse(await agent.receive(text));
}

const taskIdOf = (answer: { result: { envelope: { payload: { task_id: string } } } }) =>
  answer.result.envelope.payload.task_id;

const stores = [
  { name: "no store", isThere: true, fresh: async () => undefined },
  { name: "a store in memory", isThere: true, fresh: async () => memoryState() },
  ...placeKinds
    .filter(({ name }) => name !== "Redis")
    .map(({ name, isThere, fresh }) => ({
      name,
      isThere,
      async fresh() {
        const place = fresh();
        const state = await openState(place.location);
        closing.push(
          () => place.remove(),
          () => state.close(),
        );
        return state;
      },
    })),
];

describe.each(stores)("an agent with webhooks and $name", ({ isThere, fresh }) => {
  it.runIf(isThere)("tells the callback of a request what happens to its task", async () => {
    const receiver = await receiverOf();
    const agent = agentOf(await fresh());
    const config = { callback_url: receiver.url, callback_secret: "s3cret" };
    const taskId = taskIdOf(await answerOf(agent, request("echo", config)));
    const received = (await receiver.arrived(2)).toSorted((one, other) =>
      one.event.event < other.event.event ? 1 : -1,
    );
    expect(received.map(({ event }) => [event.event, event.task_id])).toEqual([
      ["task.started", taskId],
      ["task.completed", taskId],
    ]);
    expect(received[1]?.event.data).toEqual({
      conversation_id: "conv",
      status: "completed",
      result: { echoed: { a: 1 } },
    });
    for (const { headers, body } of received) {
      const verified = await verifyWebhookBody(
        { headers: headers as Record<string, string>, body },
        { secret: "s3cret" },
      );
      expect(verified.events).toHaveLength(1);
    }
  });

  it.runIf(isThere)("tells of the task of a pure skill", async () => {
    const receiver = await receiverOf();
    const agent = agentOf(await fresh());
    await answerOf(agent, request("pure", { callback_url: receiver.url }));
    const events = (await receiver.arrived(2)).map(({ event }) => event.event);
    expect(events.toSorted()).toEqual(["task.completed", "task.started"]);
  });

  it.runIf(isThere)("tells only of the events that are wanted", async () => {
    const receiver = await receiverOf();
    const agent = agentOf(await fresh());
    const wanting = { callback_url: receiver.url, callback_events: ["task.failed"] };
    await answerOf(agent, request("echo", wanting));
    await answerOf(agent, request("fails", wanting));
    const [failed] = await receiver.arrived(1);
    expect(failed?.event).toMatchObject({
      event: "task.failed",
      data: { status: "failed", error: "asap:rpc/internal_error" },
    });
    expect(failed?.body).not.toContain("canary");
    expect(await agent.webhooks?.queue.stats()).toMatchObject({ pending: 0 });
  });

  it.runIf(isThere)("tells of progress", async () => {
    const receiver = await receiverOf();
    const agent = agentOf(await fresh(), { ...toThisHost, progressIntervalMs: 0 });
    await answerOf(agent, request("reports", { callback_url: receiver.url, callback_events: ["task.progress"] }));
    const told = (await receiver.arrived(2)).map(
      ({ event }) => (event.data as { progress: { percent: number } }).progress.percent,
    );
    expect(told.toSorted()).toEqual([10, 90]);
  });

  it.runIf(isThere)("tells that a task was cancelled", async () => {
    const receiver = await receiverOf();
    const agent = agentOf(await fresh());
    const asked = ulid();
    const answer = answerOf(agent, request("slow", { callback_url: receiver.url }, asked));
    await receiver.arrived(1);
    await answerOf(agent, envelopeOf("task.cancel", { task_id: asked }));
    await answer;
    const received = await receiver.arrived(2);
    expect(received[1]?.event).toMatchObject({ event: "task.failed", data: { status: "cancelled" } });
  });

  it.runIf(isThere)("tells subscriptions of all tasks, and those that came later", async () => {
    const receiver = await receiverOf();
    const agent = agentOf(await fresh());
    await agent.ready();
    const subscription = await agent.webhooks?.subscribe({ url: receiver.url, events: ["task.completed"] });
    await answerOf(agent, request("echo", undefined));
    await receiver.arrived(1);
    expect(await agent.webhooks?.remove(subscription?.id ?? "")).toBe(true);
    await answerOf(agent, request("echo", undefined));
    expect(await agent.webhooks?.queue.stats()).toMatchObject({ pending: 0 });
    expect(receiver.received).toHaveLength(1);
  });

  it.runIf(isThere)("refuses a callback that may not be reached, and begins no task", async () => {
    const state = await fresh();
    const agent = agentOf(state, {});
    const answer = await answerOf(agent, request("echo", { callback_url: "https://127.0.0.1/hook" }));
    expect(answer.error).toMatchObject({ code: -32602, data: { code: "asap:transport/webhook_url_rejected" } });
    expect((await state?.tasks.list())?.items ?? []).toEqual([]);
    const noUrl = await answerOf(agent, request("echo", { callback_url: 7 }));
    expect(noUrl.error).toMatchObject({ code: -32602, data: { code: "asap:protocol/invalid_payload" } });
  });

  it.runIf(isThere)("tells once of a request that is repeated", async () => {
    const receiver = await receiverOf();
    const state = await fresh();
    const text = request("echo", { callback_url: receiver.url });
    const first = agentOf(state);
    const taskId = taskIdOf(await answerOf(first, text));
    if (state !== undefined) {
      const second = agentOf(state);
      expect(taskIdOf(await answerOf(second, text))).toBe(taskId);
      expect((await second.webhooks?.list({ url: receiver.url }))?.items).toHaveLength(1);
    } else await answerOf(first, text);
    await receiver.arrived(2);
    expect((await first.webhooks?.queue.stats())?.pending).toBe(0);
    expect(receiver.received).toHaveLength(2);
  });

  it.runIf(isThere)("names its webhooks among its capabilities", async () => {
    const agent = agentOf(await fresh());
    expect(agent.health().capabilities).toEqual(expect.arrayContaining(["webhooks.push", "webhooks.batch"]));
    expect(createAgent({ id }).health().capabilities).not.toContain("webhooks.push");
  });
});

describe.each(stores.slice(2))("deliveries in $name", ({ isThere, fresh }) => {
  it.runIf(isThere)("are made by an instance that comes after the one that queued them", async () => {
    const receiver = await receiverOf();
    const state = await fresh();
    const queueing = agentOf(state, { ...toThisHost, delivers: false });
    await answerOf(queueing, request("echo", { callback_url: receiver.url, callback_secret: "s3cret" }));
    await queueing.close(0);
    expect(receiver.received).toHaveLength(0);
    const delivering = agentOf(state);
    await delivering.ready();
    const received = await receiver.arrived(2);
    expect(new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(2);
  });
});
