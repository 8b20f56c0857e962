import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { webhookPlan } from "./options.js";
import { memoryWebhooks } from "./queue/memory.js";
import { WebhookService } from "./service.js";

/** Stands in for a public address: the policy of these tests allows this one address of the host. */
const publicAddress = "127.0.0.2";
const privateAddress = "127.0.0.1";

interface Host {
  readonly server: Server;
  connections: number;
}

let outside: Host;
let inside: Host;
let url: string;
/** Addresses that a resolver gives one after another; the last one goes on. */
let answers: string[];
let asked: number;
let dnsTtlMs: number;
let statuses: number[];
let services: WebhookService[];

async function listen(address: string, port: number): Promise<Host> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(statuses.shift() ?? 204, { connection: "close" }).end();
  });
  const host: Host = { server, connections: 0 };
  server.on("connection", () => {
    host.connections += 1;
  });
  await once(server.listen(port, address), "listening");
  return host;
}

beforeEach(async () => {
  asked = 0;
  dnsTtlMs = 0;
  statuses = [];
  services = [];
  outside = await listen(publicAddress, 0);
  const { port } = outside.server.address() as AddressInfo;
  inside = await listen(privateAddress, port);
  url = `http://hooks.example.com:${port}/in`;
});
afterEach(async () => {
  for (const service of services) await service.close(0);
  for (const { server } of [outside, inside]) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** Has one event posted while a name resolves so, and gives the attempts once there are no more. */
async function posted(...addresses: string[]) {
  answers = addresses;
  let settle = () => {};
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const plan = webhookPlan({
    requireHttps: false,
    retry: { baseMs: 1 },
    egress: {
      allowNetworks: [`${publicAddress}/32`],
      resolve: async () => {
        asked += 1;
        return [answers.length > 1 ? (answers.shift() ?? "") : (answers[0] ?? "")];
      },
      dnsTtlMs,
    },
  });
  const store = memoryWebhooks();
  const service = new WebhookService({
    agentId: "urn:asap:agent:one",
    store,
    plan,
    isJoined: false,
    log: {},
    now: Date.now,
    onSettled: ({ outcome }) => {
      if (outcome.kind !== "retry") settle();
    },
  });
  services.push(service);
  await service.start();
  const subscription = await service.subscribe({ url });
  await store.queue.enqueue([
    {
      id: "msg_one",
      subscriptionId: subscription.id,
      url,
      taskId: "task_one",
      event: "task.completed",
      body: '{"event":"task.completed","task_id":"task_one"}',
      orderKey: null,
      batchSize: 1,
      batchMs: 0,
      createdMs: Date.now(),
      expiresMs: null,
    },
  ]);
  await settled;
  const { items } = await store.queue.history({ deliveryId: "msg_one" }, {});
  return items.map(({ address, status, error }) => ({ address, status, error }));
}

const refused = { address: null, status: 0, error: "asap:transport/webhook_url_rejected" };

describe("a callback whose name resolves to another address later (HOOKW-005)", () => {
  test("gets nothing where the address is judged to be forbidden as it is connected to", async () => {
    expect(await posted(publicAddress, privateAddress)).toEqual([refused]);
    expect([outside.connections, inside.connections]).toEqual([0, 0]);
  });

  test("gets no further attempt at the other address", async () => {
    statuses = [503];
    const attempts = await posted(publicAddress, publicAddress, privateAddress);
    expect(attempts.toSorted((one, other) => other.status - one.status)).toEqual([
      { address: publicAddress, status: 503, error: null },
      refused,
    ]);
    expect([outside.connections, inside.connections]).toEqual([1, 0]);
  });

  test("gets what is posted at the address that was judged, though the name has another one already", async () => {
    expect(await posted(publicAddress, publicAddress, privateAddress)).toMatchObject([{ status: 204 }]);
    expect([outside.connections, inside.connections]).toEqual([1, 0]);
  });

  test("gets what is posted at the address that was judged while that is kept", async () => {
    dnsTtlMs = 60_000;
    statuses = [503];
    const attempts = await posted(publicAddress, privateAddress);
    expect(attempts.map(({ address }) => address)).toEqual([publicAddress, publicAddress]);
    expect([asked, outside.connections, inside.connections]).toEqual([1, 2, 0]);
  });

  test("gets nothing at another address once there is no connection to the one that was kept", async () => {
    dnsTtlMs = 60_000;
    await new Promise((resolve) => outside.server.close(resolve));
    const attempts = await posted(publicAddress, privateAddress);
    expect(attempts.map(({ error }) => error).toSorted()).toEqual([
      "asap:transport/connection_failed",
      "asap:transport/webhook_url_rejected",
    ]);
    expect([asked, inside.connections]).toEqual([2, 0]);
  });
});
