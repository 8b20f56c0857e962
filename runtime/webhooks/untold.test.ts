import { afterEach, describe, expect, it } from "vitest";
import { createAgent } from "../agent.js";
import { skill } from "../skill.js";
import { memoryState } from "../state/memory.js";
import { ulid } from "../ulid.js";
import type { WebhookOptions } from "./options.js";
import { webhooks } from "./poster.js";
import { memoryWebhooks } from "./queue/memory.js";
import { startReceiver } from "./testing/event-receiver.js";

const id = "urn:asap:agent:server";
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

function request(skillId: string, config?: object): string {
  const envelope = {
    id: ulid(),
    asap_version: "0.1",
    timestamp: new Date().toISOString(),
    sender: "urn:asap:agent:client",
    recipient: id,
    payload_type: "task.request",
    payload: { conversation_id: "conv", skill_id: skillId, input: {}, config },
  };
  return JSON.stringify({ jsonrpc: "2.0", method: "asap.send", params: { envelope }, id: "1" });
}

const toThisHost: WebhookOptions = { egress: { allowLoopback: true }, delivers: false };

describe("a store of webhooks apart from the state", () => {
  it("that is full leaves the task to go on, and keeps none of it held", async () => {
    const receiver = await startReceiver();
    closing.push(() => receiver.close());
    const state = memoryState();
    const store = memoryWebhooks({ maxPending: 1 });
    const agent = createAgent({
      id,
      state,
      webhooks: webhooks({ ...toThisHost, store }),
      skills: { echo: skill({ description: "Echo", run: async () => ({ echoed: true }) }) },
    });
    closing.push(() => agent.close(0));
    for (let count = 0; count < 3; count += 1) {
      const answer = JSON.parse(await agent.receive(request("echo", { callback_url: receiver.url })));
      expect(answer.result.envelope.payload.status).toBe("completed");
    }
    expect((await state.tasks.list()).items.map(({ task }) => task.status)).toEqual(Array(3).fill("completed"));
    expect((await store.queue.stats()).pending).toBe(1);
  });
});
