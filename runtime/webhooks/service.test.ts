import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { verifyWebhookBody } from "asap-kit/webhooks/verify";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { plainClient, startOidcProvider } from "../testing/oidc-provider.js";
import { type Received, startReceiver, status } from "./testing/receiver.js";
import { deliveryTo, engines, startSending } from "./testing/sending.js";
import type { NewSubscription } from "./webhooks.js";

const there = engines.filter(({ isThere }) => isThere);
const idsOf = (received: readonly Received[]) => received.map(({ headers }) => headers["webhook-id"]);
const secretOf = () => `whsec_${randomBytes(32).toString("base64")}`;

/** Whether a secret alone lets a request through, by both verifiers; they must agree. */
async function verifies({ headers, body }: Received, secret: string): Promise<boolean> {
  const told = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
  const ours = await verifyWebhookBody({ headers, body }, { secret }).then(
    () => true,
    () => false,
  );
  let theirs = true;
  try {
    new Webhook(secret).verify(body, Object.fromEntries(told));
  } catch {
    theirs = false;
  }
  expect(ours).toBe(theirs);
  return ours;
}

describe.each(there)("batches, with a store in $name", (engine) => {
  test("travel as an array that its own id and signature are of, the same again when it is tried again", async () => {
    await using receiver = await startReceiver(
      (_request, response, count) => void response.writeHead(count < 2 ? 503 : 200).end(),
    );
    await using sending = await startSending({ engine });
    const secret = secretOf();
    const batch = { size: 3, waitMs: 1 };
    const subscription = await sending.service.subscribe({ url: receiver.url, secret, batch });
    const ids = await sending.queue(subscription, 3, { batchSize: 3, batchMs: 1 });
    await sending.empty();
    expect(receiver.received).toHaveLength(3);
    const [first, ...others] = receiver.received;
    for (const other of others) {
      expect([other.headers["webhook-id"], other.body]).toEqual([first?.headers["webhook-id"], first?.body]);
      expect(await verifies(other, secret)).toBe(true);
    }
    expect((JSON.parse(first?.body ?? "") as { id: string }[]).map(({ id }) => id)).toEqual(ids);
    expect(first?.headers["webhook-id"]).toMatch(/^batch_[\w-]{27}$/);
    expect(await sending.history()).toHaveLength(9);
  });

  test("go when they are full or have waited, and are no larger than a megabyte", async () => {
    await using receiver = await startReceiver();
    let ms = Date.UTC(2026, 0, 1);
    await using sending = await startSending({ engine, now: () => ms, leaseMs: 600_000 });
    const batch = { size: 4, waitMs: 1_000 };
    const subscription = await sending.service.subscribe({ url: receiver.url, batch });
    await sending.queue(subscription, 9, { batchSize: 4, batchMs: 1_000 });
    await sending.until(() => sending.outcomes.length === 8);
    expect(receiver.received.map(({ body }) => (JSON.parse(body) as unknown[]).length)).toEqual([4, 4]);
    ms += 1_000;
    await sending.empty();
    expect(receiver.received.map(({ body }) => (JSON.parse(body) as unknown[]).length)).toEqual([4, 4, 1]);
    const body = JSON.stringify({ event: "task.completed", data: "x".repeat(400_000) });
    await sending.queue(subscription, 4, { batchSize: 4, batchMs: 1_000, body });
    await sending.empty();
    expect(receiver.received.slice(3).map(({ body: sent }) => (JSON.parse(sent) as unknown[]).length)).toEqual([2, 2]);
    expect(new Set(idsOf(receiver.received)).size).toBe(5);
  });
});

describe.each(there)("order, with a store in $name", (engine) => {
  test("each event of a task waits for the one before, whatever becomes of that; other tasks do not wait", async () => {
    await using receiver = await startReceiver((request, response) => {
      const { task, place } = JSON.parse(request.body) as { task: string; place: number };
      response.writeHead(task === "a" && place === 1 ? 400 : place === 2 && Math.random() < 0.5 ? 503 : 200).end();
    });
    await using sending = await startSending({ engine, retry: { baseMs: 1, maxMs: 2, retries: 50 } });
    const subscription = await sending.service.subscribe({ url: receiver.url, ordered: true });
    const deliveries = [0, 1, 2, 3].flatMap((place) =>
      ["a", "b", "c"].map((task) =>
        deliveryTo(subscription, { taskId: task, orderKey: task, body: JSON.stringify({ task, place }) }),
      ),
    );
    await sending.place.store.queue.enqueue(deliveries);
    await sending.empty();
    const seen = receiver.received.map(({ body }) => JSON.parse(body) as { task: string; place: number });
    for (const task of ["a", "b", "c"]) {
      const places = seen.flatMap((each) => (each.task === task ? [each.place] : []));
      expect(places).toEqual(places.toSorted((one, other) => one - other));
      expect(new Set(places)).toEqual(new Set([0, 1, 2, 3]));
    }
  });
});

describe.each(there)("secrets, with a store in $name", (engine) => {
  test("rotation under way: both sign until the grace time is over, and nothing is refused meanwhile", async () => {
    await using receiver = await startReceiver();
    const [first, second] = [secretOf(), secretOf()];
    let ms = Date.now();
    await using sending = await startSending({ engine, now: () => ms, leaseMs: 600_000 });
    const subscription = await sending.service.subscribe({ url: receiver.url, secret: first });
    await sending.queue(subscription, 20);
    await sending.service.rotateSecret(subscription.id, { secret: second, graceMs: 60_000 });
    await sending.queue(subscription, 20);
    await sending.empty();
    for (const one of receiver.received) expect(await verifies(one, first)).toBe(true);
    const last = receiver.received.at(-1) as Received;
    expect(await verifies(last, second)).toBe(true);
    expect(String(last.headers["webhook-signature"]).split(" ")).toHaveLength(2);
    expect((await sending.service.get(subscription.id))?.secrets).toBe(2);
    ms += 60_000;
    await sending.queue(subscription);
    await sending.empty();
    const after = receiver.received.at(-1) as Received;
    expect([await verifies(after, first), await verifies(after, second)]).toEqual([false, true]);
    expect(sending.notices).toContainEqual({
      type: "secret.rotated",
      subscriptionId: subscription.id,
      untilMs: ms,
    });
    for (let count = 0; count < 20; count += 1) await sending.service.rotateSecret(subscription.id);
    expect((await sending.service.get(subscription.id))?.secrets).toBe(8);
  });

  test("none of them is in the file, in a log, a notice, the history or a dead letter", async () => {
    const canaries = Array.from({ length: 4 }, (_, index) => `canary${index}${randomBytes(12).toString("hex")}`);
    const [secret = "", token = "", header = "", client = ""] = canaries;
    await using receiver = await startReceiver(status(500));
    await using sending = await startSending({
      engine,
      encryptionKeys: [randomBytes(32).toString("base64")],
      retry: { baseMs: 1, retries: 1 },
    });
    const wanted: readonly Partial<NewSubscription>[] = [
      { secret },
      { auth: { type: "bearer", token } },
      { auth: { type: "headers", headers: { "x-api-key": header } } },
      {
        auth: { type: "oauth2", tokenEndpoint: `${receiver.url}/token`, clientId: "client", clientSecret: client },
      },
    ];
    for (const more of wanted) await sending.post(receiver.url, more);
    await sending.empty();
    const { subscriptions, queue } = sending.place.store;
    const seen = [
      sending.lines,
      sending.notices,
      await sending.history(),
      await sending.dead(),
      (await queue.list()).items,
      (await subscriptions.list()).items,
      (await sending.service.list()).items,
    ].map((each) => JSON.stringify(each));
    const { path } = sending.place;
    for (const end of ["", "-wal"])
      if (path !== undefined && existsSync(path + end)) seen.push(readFileSync(path + end, "latin1"));
    for (const canary of canaries) for (const text of seen) expect(text).not.toContain(canary);
    expect(receiver.received.map(({ headers }) => headers["x-api-key"])).toContain(header);
    expect(receiver.received.map(({ headers }) => headers.authorization)).toContain(`Bearer ${token}`);
    expect(await sending.dead()).toHaveLength(4);
  });

  test("one that no key opens is a failed attempt with a code of its own; with the key again it is sent", async () => {
    await using receiver = await startReceiver();
    const key = randomBytes(32).toString("hex");
    const place = await engine.open(Date.now);
    await using before = await startSending({ place, encryptionKeys: [key] });
    const { subscription } = await before.post(receiver.url, { secret: "s3cret" });
    await before.empty();
    await before.service.close(0);
    await using without = await startSending({ place, encryptionKeys: [randomBytes(32).toString("hex")] });
    const [id = ""] = await without.queue(subscription);
    await without.empty();
    expect((await without.history(id)).map(({ error }) => error)).toEqual(
      Array.from({ length: 6 }, () => "asap:webhook/secret_unreadable"),
    );
    await without.service.close(0);
    await using again = await startSending({ place, encryptionKeys: [randomBytes(32).toString("hex"), key] });
    await place.store.queue.dead.replay([id]);
    await again.empty();
    expect(idsOf(receiver.received).at(-1)).toBe(id);
    await again.service.close(0);
    await place.close();
  });
});

describe("what a receiver asks for", () => {
  test("an OAuth2 token is shared, renewed before it ends, and after a 401", async () => {
    const provider = await startOidcProvider({ accessTokenSeconds: 600 });
    try {
      let refused: string | undefined;
      await using receiver = await startReceiver(({ headers }, response) => {
        response.writeHead(headers.authorization === refused ? 401 : 200).end();
      });
      let ms = Date.now();
      await using sending = await startSending({ now: () => ms, leaseMs: 3_600_000, retry: { baseMs: 0 } });
      const auth = { type: "oauth2", issuer: provider.issuer, ...plainClient } as const;
      const subscription = await sending.service.subscribe({ url: receiver.url, auth });
      expect(provider.tokenRequests()).toBe(0);
      await sending.queue(subscription, 50);
      await sending.empty();
      expect([receiver.received.length, provider.tokenRequests()]).toEqual([50, 1]);
      ms += 580_000;
      await sending.queue(subscription, 10);
      await sending.empty();
      expect([receiver.received.length, provider.tokenRequests()]).toEqual([60, 2]);
      refused = receiver.received.at(-1)?.headers.authorization;
      const [id = ""] = await sending.queue(subscription);
      await sending.empty();
      expect((await sending.history(id)).map(({ status: code, outcome }) => [code, outcome])).toEqual([
        [401, "retry"],
        [200, "delivered"],
      ]);
      expect(provider.tokenRequests()).toBe(3);
      await sending.service.rotateSecret(subscription.id);
      await sending.queue(subscription);
      await sending.empty();
      expect(provider.tokenRequests()).toBe(3);
      expect(new Set(receiver.received.map(({ headers }) => headers.authorization)).size).toBe(3);
    } finally {
      await provider.close();
    }
  });

  test("a token that is not given is a failed attempt, tried again", async () => {
    const provider = await startOidcProvider();
    try {
      let isDown = true;
      provider.intercept = (_request, response) => {
        if (isDown) response.writeHead(503).end();
        return isDown;
      };
      await using receiver = await startReceiver();
      await using sending = await startSending({ retry: { baseMs: 1, maxMs: 20, retries: 1_000 } });
      const auth = { type: "oauth2", tokenEndpoint: provider.tokenEndpoint, ...plainClient } as const;
      const { id } = await sending.post(receiver.url, { auth });
      await sending.until(() => sending.outcomes.length > 0);
      const [attempt] = await sending.history(id);
      expect(attempt).toMatchObject({ status: 0, outcome: "retry", address: null });
      expect(attempt?.error).toMatch(/^asap:auth\//);
      expect(attempt?.reason).not.toContain(plainClient.clientSecret);
      await sending.service.remove((await sending.service.list()).items[0]?.id ?? "");
      isDown = false;
    } finally {
      await provider.close();
    }
  });

  test.each<[string, NewSubscription["auth"] | object, string]>([
    ["a token that is none", { type: "bearer", token: "a b" }, "auth.token"],
    ["a header of ours", { type: "headers", headers: { "Webhook-Id": "x" } }, "auth.headers"],
    ["a header that frames", { type: "headers", headers: { "Content-Length": "1" } }, "auth.headers"],
    ["a line break in a header", { type: "headers", headers: { "x-a": "a\r\nx-b: c" } }, "auth.headers.x-a"],
    [
      "many headers",
      { type: "headers", headers: Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`x-${n}`, ""])) },
      "auth.headers",
    ],
    ["no client", { type: "oauth2", issuer: "https://issuer.example" }, "auth.clientId"],
    ["no secret", { type: "oauth2", issuer: "https://issuer.example", clientId: "c" }, "auth.clientSecret"],
    ["no issuer", { type: "oauth2", clientId: "c", clientSecret: "s" }, "auth.issuer"],
    ["another type", { type: "basic" }, "auth.type"],
  ])("%s is refused at subscription", async (_, auth, option) => {
    await using sending = await startSending();
    const wanted = { url: "http://127.0.0.1:9999/", auth: auth as NonNullable<NewSubscription["auth"]> };
    await expect(sending.service.subscribe(wanted)).rejects.toMatchObject({
      code: "asap:config/invalid_option",
      data: { option },
    });
  });

  test("an issuer without encryption is refused at subscription", async () => {
    await using sending = await startSending();
    const auth = { type: "oauth2", issuer: "http://issuer.example", clientId: "c", clientSecret: "s" } as const;
    await expect(sending.service.subscribe({ url: "http://127.0.0.1:9999/", auth })).rejects.toMatchObject({
      code: expect.stringMatching(/^asap:/),
    });
  });
});

describe.each(there)("dead letters, with a store in $name", (engine) => {
  test("replay keeps the id and the body byte for byte, and the history has every attempt", async () => {
    await using receiver = await startReceiver(status(500));
    await using sending = await startSending({ engine });
    const body = `{"event":"task.completed",  "task_id":"t", "data":{"z":1.0,"a":"\\u00e9é\u2028"}}`;
    const subscription = await sending.service.subscribe({ url: receiver.url, secret: "s3cret" });
    const [id = ""] = await sending.queue(subscription, 1, { body });
    await sending.empty();
    receiver.answer = status(200);
    expect(await sending.place.store.queue.dead.replay([id])).toEqual([true]);
    await sending.empty();
    expect(receiver.received).toHaveLength(7);
    expect(new Set(idsOf(receiver.received))).toEqual(new Set([id]));
    expect(new Set(receiver.received.map((one) => one.body))).toEqual(new Set([body]));
    expect((await sending.history(id)).map(({ attempt, replays }) => [attempt, replays])).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 0],
      [5, 0],
      [6, 0],
      [1, 1],
    ]);
    expect(await sending.dead()).toEqual([]);
    expect(sending.notices.at(-1)).toMatchObject({ type: "delivery.recovered", deliveryId: id });
  });

  test("the history has as many attempts as the receiver saw, whatever it answers", async () => {
    await using receiver = await startReceiver((_request, response) => {
      const chance = Math.random();
      if (chance < 0.1) response.destroy();
      else response.writeHead(chance < 0.3 ? 503 : chance < 0.35 ? 404 : 200).end();
    });
    await using sending = await startSending({ engine });
    const subscription = await sending.service.subscribe({ url: receiver.url });
    const ids = await sending.queue(subscription, 300);
    await sending.empty();
    const seen = idsOf(receiver.received);
    const attempts = (await sending.history()).map(({ deliveryId }) => deliveryId);
    expect(attempts.toSorted()).toEqual(seen.toSorted());
    const ended = new Set([...(await sending.dead()).map(({ id }) => id)]);
    for (const { deliveryId, outcome } of await sending.history()) if (outcome === "delivered") ended.add(deliveryId);
    expect(ended).toEqual(new Set(ids));
  });
});

describe("logs", () => {
  test("show no query of a URL", async () => {
    await using receiver = await startReceiver(status(400));
    await using sending = await startSending();
    await sending.post(`${receiver.url}/hook?token=canary`);
    await sending.empty();
    expect(JSON.stringify(sending.lines)).toContain("/hook");
    expect(JSON.stringify(sending.lines)).not.toContain("canary");
  });
});
