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

const request = (skill_id: string, config?: object) =>
  message("task.request", { conversation_id: "conv", skill_id, input: {}, config });

function message(payload_type: string, payload: object): string {
  const envelope = {
    id: ulid(),
    asap_version: "0.1",
    timestamp: new Date().toISOString(),
    sender: "urn:asap:agent:client",
    recipient: id,
    payload_type,
    payload,
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

describe("a task that is refused as too many run", () => {
  it("leaves no subscription, and its callback is not judged", async () => {
    const receiver = await startReceiver();
    closing.push(() => receiver.close());
    const hang = skill({
      description: "Waits",
      run: (_input, call) =>
        new Promise<never>((_resolve, reject) =>
          call.signal.addEventListener("abort", () => reject(call.signal.reason)),
        ),
    });
    const agent = createAgent({
      id,
      webhooks: webhooks(toThisHost),
      skills: { hang },
      limits: { maxConcurrentTasks: 1 },
    });
    closing.push(() => agent.close(0));
    await agent.ready();
    const [first, second] = await Promise.allSettled([
      Promise.race([agent.receive(request("hang")), new Promise((resolve) => setImmediate(resolve))]),
      (async () => agent.receive(request("hang", { callback_url: "https://127.0.0.1.invalid/" })))(),
    ]);
    expect(first.status).toBe("fulfilled");
    expect(second).toMatchObject({ reason: { code: "asap:transport/thread_pool_exhausted" } });
    expect((await agent.webhooks?.list())?.items).toEqual([]);
  });

  it("leaves no subscription where others came while its callback was judged", async () => {
    const agent = createAgent({
      id,
      webhooks: webhooks(toThisHost),
      skills: {
        brief: skill({
          description: "Waits",
          run: () => new Promise<Record<string, never>>((resolve) => setTimeout(resolve, 50, {})),
        }),
      },
      limits: { maxConcurrentTasks: 1 },
    });
    closing.push(() => agent.close(0));
    await agent.ready();
    const asked = [1, 2, 3].map(async (place) =>
      agent.receive(request("brief", { callback_url: `http://127.0.0.1:8099/${place}` })),
    );
    const settled = await Promise.allSettled(asked);
    expect(settled.filter(({ status }) => status === "rejected")).toHaveLength(2);
    expect((await agent.webhooks?.list())?.items).toHaveLength(1);
  });
});

describe("the end of a task", () => {
  it("is told to those who subscribed while it ran, with and without a task of their own", async () => {
    let finish = (_output: Record<string, never>) => {};
    const state = memoryState();
    const agent = createAgent({
      id,
      state,
      webhooks: webhooks(toThisHost),
      skills: {
        waits: skill({
          description: "Waits",
          run: () => new Promise<Record<string, never>>((resolve) => (finish = resolve)),
        }),
      },
    });
    closing.push(() => agent.close(0));
    await agent.ready();
    const answer = agent.receive(request("waits"));
    let taskId: string | undefined;
    while (taskId === undefined) {
      await new Promise((resolve) => setImmediate(resolve));
      taskId = (await state.tasks.list()).items[0]?.task.id;
    }
    await agent.webhooks?.subscribe({ url: "http://127.0.0.1:8099/own", taskId });
    await agent.webhooks?.subscribe({ url: "http://127.0.0.1:8099/all" });
    finish({});
    await answer;
    expect((await agent.webhooks?.queue.stats())?.pending).toBe(2);
  });
});

describe("a refused callback", () => {
  it("is answered alike whether its host is not there or not public", async () => {
    const agent = createAgent({
      id,
      webhooks: webhooks(),
      skills: { echo: skill({ description: "Echo", run: async () => ({}) }) },
    });
    closing.push(() => agent.close(0));
    const told = async (host: string) => {
      const { error } = JSON.parse(await agent.receive(request("echo", { callback_url: `https://${host}/hook` })));
      return JSON.stringify(error).replaceAll(host, "host");
    };
    const hosts = ["10.0.0.1", "169.254.169.254", "localhost", "nobody.invalid", "db.internal"];
    const answers = await Promise.all(hosts.map(told));
    expect(answers[0]).toContain("its address may not be reached");
    expect(new Set(answers).size).toBe(1);
  });
});

describe("the secret of a callback", () => {
  it("is not kept with the request, and signs for a task that goes on from a snapshot", async () => {
    const state = memoryState();
    const agent = createAgent({
      id,
      state,
      webhooks: webhooks({ ...toThisHost, encryptionKeys: [Buffer.alloc(32, 1).toString("base64")] }),
      skills: {
        saves: skill({
          description: "Saves",
          resumes: true,
          async run(_input, call) {
            await call.checkpoint({ step: 1 });
            return {};
          },
        }),
      },
    });
    closing.push(() => agent.close(0));
    const config = { callback_url: "http://127.0.0.1:8099", callback_secret: "canary-secret" };
    const { task_id } = JSON.parse(await agent.receive(request("saves", config))).result.envelope.payload;
    expect(JSON.stringify((await state.tasks.get(task_id))?.request)).not.toContain("canary");
    const [version = 1] = await state.snapshots.listVersions(task_id);
    const snapshot_id = (await state.snapshots.get(task_id, version))?.id;
    await agent.receive(message("StateRestore", { task_id, snapshot_id }));
    expect((await agent.webhooks?.list())?.items.map(({ secrets }) => secrets)).toEqual([1, 1]);
  });
});

describe("a notice of an artifact", () => {
  it("is told when it is repeated, where it was kept and not told before", async () => {
    const state = memoryState();
    const waits = skill({ description: "Waits", run: () => new Promise<never>(() => {}) });
    const deaf = createAgent({ id, state, skills: { waits } });
    closing.push(() => deaf.close(0));
    void Promise.resolve(deaf.receive(request("waits"))).catch(() => {});
    let task_id: string | undefined;
    while (task_id === undefined) {
      await new Promise((resolve) => setImmediate(resolve));
      task_id = (await state.tasks.list()).items[0]?.task.id;
    }
    const notice = message("artifact.notify", { task_id, artifact_id: "art_1" });
    await deaf.receive(notice);
    const telling = createAgent({ id, state, webhooks: webhooks(toThisHost), skills: { waits } });
    closing.push(() => telling.close(0));
    await telling.ready();
    await telling.webhooks?.subscribe({ url: "http://127.0.0.1:8099/", events: ["artifact.ready"] });
    const { result } = JSON.parse(await telling.receive(notice));
    expect(result.envelope.payload.status).toBe("received");
    expect((await telling.webhooks?.queue.stats())?.pending).toBe(1);
  });
});
