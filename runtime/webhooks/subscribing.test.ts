import { afterEach, describe, expect, it } from "vitest";
import { createAgent } from "../agent.js";
import { AsapError } from "../error.js";
import { subscription } from "./contract/records.js";
import { webhookPlan } from "./options.js";
import { webhooks } from "./poster.js";
import { memoryWebhooks } from "./queue/memory.js";
import { WebhookService } from "./service.js";
import { startReceiver } from "./testing/receiver.js";
import { startSending } from "./testing/sending.js";
import type { WebhookStore } from "./webhook-store.js";

const closing: WebhookService[] = [];
afterEach(async () => {
  for (const service of closing.splice(0)) await service.close(0);
});

function serviceOf(store: WebhookStore, agentId = "urn:asap:agent:a", more: Parameters<typeof webhookPlan>[0] = {}) {
  const service = new WebhookService({
    agentId,
    store,
    plan: webhookPlan({ egress: { allowLoopback: true }, ...more }),
    isJoined: false,
    log: {},
    now: Date.now,
    onSettled: () => {},
  });
  closing.push(service);
  return service;
}

const unavailable = () => new AsapError("asap:state/unavailable", { data: { backend: "webhooks", reason: "test" } });
const task = { id: "task-1", conversation_id: "conv", status: "working" } as never;

describe("subscriptions of all tasks", () => {
  it("that are made at once are all told", async () => {
    const service = serviceOf(memoryWebhooks());
    await service.start();
    await Promise.all([1, 2, 3].map((place) => service.subscribe({ url: `http://127.0.0.1:8099/${place}` })));
    const teller = await service.begin("task-1", null);
    expect(teller?.started(task)).toHaveLength(3);
  });

  it("do not wait for old records to be deleted", async () => {
    const store = memoryWebhooks();
    let release = () => {};
    const queue = {
      ...store.queue,
      prune: () => new Promise<never>((_resolve, reject) => (release = () => reject(unavailable()))),
    };
    const service = serviceOf({ ...store, queue });
    await service.start();
    await service.subscribe({ url: "http://127.0.0.1:8099/" });
    expect(service.concerns(null)).toBe(true);
    release();
  });

  it("are not there where the store cannot be read: the start says so, and may be made again", async () => {
    const store = memoryWebhooks();
    await serviceOf(store).subscribe({ url: "http://127.0.0.1:8099/" });
    let isThere = false;
    const revision = () => (isThere ? store.subscriptions.revision() : Promise.reject(unavailable()));
    const service = serviceOf({ ...store, subscriptions: { ...store.subscriptions, revision } });
    await expect(service.start()).rejects.toMatchObject({ code: "asap:state/unavailable" });
    isThere = true;
    await service.start();
    expect(service.concerns(null)).toBe(true);
  });
});

describe("a notice", () => {
  it("whose listener rejects or throws does no harm", async () => {
    const kinds: string[] = [];
    const onNotice = async ({ type }: { readonly type: string }) => {
      kinds.push(type);
      throw new Error("canary");
    };
    const service = serviceOf(memoryWebhooks(), undefined, { onNotice });
    const { id } = await service.subscribe({ url: "http://127.0.0.1:8099/", secret: "s3cret" });
    await service.rotateSecret(id);
    await new Promise((resolve) => setImmediate(resolve));
    expect(kinds).toEqual(["secret.rotated"]);
  });
});

describe("a subscription of another agent that was moved into the store", () => {
  it("is disabled once its receiver answers 410", async () => {
    await using receiver = await startReceiver((_request, response) => void response.writeHead(410).end());
    await using sending = await startSending();
    const { subscriptions } = sending.place.store;
    const moved = subscription("moved", { owner: "urn:asap:agent:b", url: receiver.url });
    await subscriptions.restore([moved]);
    await sending.queue(moved);
    await sending.until(() => sending.notices.some(({ type }) => type === "subscription.disabled"));
    expect((await subscriptions.get("moved"))?.disabled).toMatchObject({ reason: "the receiver answered 410" });
  });
});

describe("a store that another agent has", () => {
  const url = "http://127.0.0.1:8099/";
  const taken = { code: "asap:config/webhook_store_taken" };

  it("is neither read nor written: nothing starts, nobody subscribes", async () => {
    const store = memoryWebhooks();
    const owner = serviceOf(store);
    const { id } = await owner.subscribe({ url });
    const touched: string[] = [];
    const told = <T extends object>(part: T): T =>
      new Proxy(part, {
        get(target, member) {
          touched.push(String(member));
          return Reflect.get(target, member);
        },
      });
    const queue = told(store.queue);
    const other = serviceOf({ ...store, queue, subscriptions: told(store.subscriptions) }, "urn:asap:agent:b");
    touched.splice(0);
    const config = { callback_url: url };
    for (const work of [
      () => other.start(),
      () => other.subscribe({ url }),
      () => other.begin("task-1", config),
      () => other.of("task-1"),
      () => other.ended(task),
      () => other.get(id),
      () => other.list(),
      () => other.remove(id),
      () => other.rotateSecret(id),
      () => other.enable(id),
    ])
      await expect(work()).rejects.toMatchObject(taken);
    expect(touched).toEqual([]);
    await owner.start();
    expect(await owner.get(id)).toBeDefined();
  });

  it("is refused to an agent when it starts; one with a store of its own starts", async () => {
    const store = memoryWebhooks();
    const agentOf = (name: string, own: WebhookStore) =>
      createAgent({ id: `urn:asap:agent:${name}`, webhooks: webhooks({ store: own }) });
    const agents = [agentOf("a", store), agentOf("a", store), agentOf("b", store), agentOf("b", memoryWebhooks())];
    const outcomes: unknown[] = [];
    for (const agent of agents)
      outcomes.push(
        await agent.ready().then(
          () => "ready",
          (error: unknown) => error,
        ),
      );
    expect(outcomes).toMatchObject(["ready", "ready", taken, "ready"]);
    expect(outcomes[2]).toMatchObject({ data: { agent: "urn:asap:agent:b", owner: "urn:asap:agent:a" } });
    for (const agent of agents) await agent.close(0);
  });

  it("may be asked for once more where it could not be reached", async () => {
    const store = memoryWebhooks();
    let isThere = false;
    const service = serviceOf({
      ...store,
      bind: (agent) => (isThere ? store.bind(agent) : Promise.reject(unavailable())),
    });
    await expect(service.start()).rejects.toMatchObject({ code: "asap:state/unavailable" });
    isThere = true;
    await service.start();
    expect(await store.agent()).toBe("urn:asap:agent:a");
  });
});

describe("the callbacks that requests may ask for", () => {
  const config = { callback_url: "http://127.0.0.1:8099/hook" };

  it("are left alone where the option says false", async () => {
    const service = serviceOf(memoryWebhooks(), undefined, { callbacks: false });
    expect(service.concerns(config)).toBe(false);
    expect(await service.begin("task-1", config)).toBeUndefined();
  });

  it("go to the hosts that the option names, and no others", async () => {
    const named = serviceOf(memoryWebhooks(), undefined, { callbacks: ["127.0.0.1", "Hooks.Example"] });
    expect(await named.begin("task-1", config)).toBeDefined();
    const other = named.begin("task-2", { callback_url: "http://localhost:8099/hook" });
    await expect(other).rejects.toMatchObject({ code: "asap:transport/webhook_url_rejected" });
    for (const host of [
      "hooks.example:99",
      "[::1]:99",
      "https://hooks.example",
      "u@hooks.example",
      "a/b",
      "a b",
      "*",
      "",
    ])
      expect(() => webhookPlan({ callbacks: [host] }), host).toThrow(
        `webhooks.callbacks holds "${host}", which is no host`,
      );
    expect(webhookPlan({ callbacks: ["::1", "[::1]", "8.8.8.8"] }).callbacks).toEqual(new Set(["[::1]", "8.8.8.8"]));
  });
});
