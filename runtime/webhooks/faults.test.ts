import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { describe, expect, test } from "vitest";
import { type Answer, startReceiver, status } from "./testing/receiver.js";
import { startSending } from "./testing/sending.js";

/** A server that does with each connection what it is told. */
async function startSockets(each: (socket: Socket, count: number) => void) {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    each(socket, count);
    count += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    connections: () => count,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const ok = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
const once = { retry: { retries: 0 }, timeoutMs: 1_000 };

describe("attempts that meet a fault", () => {
  test.each<[string, (socket: Socket) => void, string, RegExp]>([
    ["nothing is answered", () => {}, "asap:transport/timeout", /no answer in time/],
    [
      "the headers begin and do not end",
      (socket) => void socket.on("data", () => socket.write("HTTP/1.1 200 OK\r\nx-a: ")),
      "asap:transport/timeout",
      /no answer in time/,
    ],
    [
      "1xx comes again and again",
      (socket) => {
        const timer = setInterval(() => socket.write("HTTP/1.1 103 Early Hints\r\n\r\n"), 5);
        socket.on("close", () => clearInterval(timer));
      },
      "asap:transport/timeout",
      /no answer in time/,
    ],
    [
      "the connection is reset",
      (socket) => void socket.on("data", () => socket.resetAndDestroy()),
      "asap:transport/connection_failed",
      /the connection failed: (?:ECONNRESET|UND_ERR_SOCKET)/,
    ],
    [
      "the connection is closed",
      (socket) => void socket.on("data", () => socket.end()),
      "asap:transport/connection_failed",
      /the connection failed: UND_ERR_SOCKET/,
    ],
    [
      "the answer is no HTTP",
      (socket) => void socket.on("data", () => socket.write("SSH-2.0-x\r\n\r\n")),
      "asap:transport/connection_failed",
      /^the connection failed/,
    ],
    [
      "the headers are larger than 16 KiB",
      (socket) => void socket.on("data", () => socket.write(`HTTP/1.1 200 OK\r\nx-a: ${"a".repeat(40_000)}\r\n\r\n`)),
      "asap:transport/connection_failed",
      /the connection failed: (?:UND_ERR_HEADERS_OVERFLOW|HPE_)/,
    ],
  ])("%s: no answer, and the history says so", async (_, each, error, reason) => {
    await using sockets = await startSockets(each);
    await using sending = await startSending(once);
    const { id } = await sending.post(sockets.url);
    await sending.empty();
    const [attempt] = await sending.history(id);
    expect(attempt).toMatchObject({ status: 0, error, outcome: "dead", response: null, address: "127.0.0.1" });
    expect(attempt?.reason).toMatch(reason);
  });

  test("nobody listens: no connection, and no address", async () => {
    const sockets = await startSockets(() => {});
    await sockets[Symbol.asyncDispose]();
    await using sending = await startSending(once);
    const { id } = await sending.post(sockets.url);
    await sending.empty();
    expect(await sending.history(id)).toMatchObject([
      {
        status: 0,
        address: null,
        error: "asap:transport/connection_failed",
        reason: "the connection failed: ECONNREFUSED",
      },
    ]);
  });

  test("https to a port that speaks http: the encryption failed", async () => {
    await using receiver = await startReceiver();
    await using sending = await startSending(once);
    const { id } = await sending.post(receiver.url.replace("http:", "https:"));
    await sending.empty();
    const [attempt] = await sending.history(id);
    expect(attempt?.reason).toMatch(/^the encryption failed: E/);
  });

  test("a slow answer within the time is an answer", async () => {
    await using receiver = await startReceiver((_request, response) => void setTimeout(() => response.end(), 100));
    await using sending = await startSending({ retry: { retries: 0 } });
    await sending.post(receiver.url);
    await sending.empty();
    expect(sending.outcomes).toEqual(["delivered"]);
  });

  const bodies: readonly (readonly [string, Answer])[] = [
    ["hangs", (_request, response) => void response.writeHead(200, { "content-length": "10" }).write("a")],
    [
      "comes byte by byte",
      (_request, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write("a"), 20);
        response.on("close", () => clearInterval(timer));
      },
    ],
    [
      "breaks off",
      (_request, response) => {
        response.writeHead(200, { "content-length": "10" }).write("a");
        setTimeout(() => response.destroy(), 10);
      },
    ],
  ];
  test.each(bodies)("a body that %s changes nothing about the status", async (_, answer) => {
    await using receiver = await startReceiver(answer);
    await using sending = await startSending(once);
    const { id } = await sending.post(receiver.url);
    await sending.empty();
    expect(await sending.history(id)).toMatchObject([{ status: 200, outcome: "delivered", error: null }]);
  });

  test.each([
    ["endless", {}],
    ["of 1 GB", { "content-length": String(1_000_000_000) }],
  ])("an %s body is let go of after a few buffers", async (_, headers) => {
    let sent = 0;
    const chunk = Buffer.alloc(65_536, 97);
    await using receiver = await startReceiver((_request, response) => {
      response.writeHead(200, headers);
      const more = () => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
        sent += chunk.length;
      };
      response.on("drain", more);
      more();
    });
    await using sending = await startSending({ retry: { retries: 0 }, keepResponseBytes: 10 });
    const subscription = await sending.service.subscribe({ url: receiver.url });
    await sending.queue(subscription, 10);
    await sending.empty();
    expect((await sending.history()).map(({ status: code, response }) => [code, response])).toEqual(
      Array.from({ length: 10 }, () => [200, "aaaaaaaaaa"]),
    );
    expect(sent).toBeLessThan(10 * 16_777_216);
  });
});

describe("what is kept of an answer", () => {
  test("nothing by default, and no more than was asked for, in text that every database holds", async () => {
    await using receiver = await startReceiver((_request, response) => void response.end("a\0bé".repeat(100)));
    await using silent = await startSending();
    await silent.post(receiver.url);
    await silent.empty();
    expect(await silent.history()).toMatchObject([{ response: null }]);
    await using sending = await startSending({ keepResponseBytes: 12 });
    await sending.post(receiver.url);
    await sending.empty();
    expect(await sending.history()).toMatchObject([{ response: "a\ufffdbéa\ufffdbéa\ufffd" }]);
  });
});

describe("targets that may not be reached", () => {
  test("a target that leads elsewhere after it was checked is a dead letter at once, without a connection", async () => {
    await using receiver = await startReceiver();
    let addresses = ["93.184.216.34"];
    await using sending = await startSending({ egress: { resolve: async () => addresses }, requireHttps: false });
    const subscription = await sending.service.subscribe({ url: `http://hooks.example.com:${receiver.port}/` });
    addresses = ["127.0.0.1"];
    const [id = ""] = await sending.queue(subscription);
    await sending.empty();
    const [letter] = await sending.dead();
    expect(letter).toMatchObject({ id, attempts: 1, status: 0 });
    expect(letter?.reason).toMatch(/127\.0\.0\.1.*loopback/);
    expect(await sending.history(id)).toMatchObject([{ error: "asap:transport/webhook_url_rejected", address: null }]);
    expect([receiver.connections(), sending.notices]).toMatchObject([0, [{ type: "delivery.exhausted" }]]);
  });

  test("one inner address among public ones is enough, at any place", async () => {
    for (const answer of [
      ["93.184.216.34", "10.0.0.1"],
      ["10.0.0.1", "93.184.216.34"],
      ["93.184.216.34", "::ffff:169.254.169.254"],
    ]) {
      let addresses: readonly string[] = ["93.184.216.34"];
      await using sending = await startSending({ egress: { resolve: async () => addresses } });
      const subscription = await sending.service.subscribe({ url: "https://hooks.example.com/" });
      addresses = answer;
      await sending.queue(subscription);
      await sending.empty();
      expect(await sending.history()).toMatchObject([
        { error: "asap:transport/webhook_url_rejected", outcome: "dead", status: 0 },
      ]);
    }
  });

  test("a URL that another version of the rules let in is refused when it is sent", async () => {
    await using receiver = await startReceiver();
    await using sending = await startSending({ egress: {} });
    const urls = [receiver.url, "https://10.0.0.1/", "https://metadata.google.internal/", "https://[::1]/"];
    for (const [index, url] of urls.entries()) {
      const id = `sub_${index}`;
      await sending.place.store.subscriptions.put({
        id,
        owner: "urn:asap:agent:sender",
        taskId: null,
        url,
        events: null,
        secrets: [],
        auth: null,
        ordered: false,
        batch: null,
        disabled: null,
        createdMs: Date.now(),
        version: 1,
      });
      await sending.queue({ id, url });
    }
    await sending.empty();
    expect(await sending.dead()).toHaveLength(urls.length);
    expect(new Set((await sending.history()).map(({ error }) => error))).toEqual(
      new Set(["asap:transport/webhook_url_rejected"]),
    );
    expect(receiver.connections()).toBe(0);
  });

  test("a name that does not resolve now is tried again", async () => {
    await using receiver = await startReceiver();
    let answers = 0;
    const resolve = async () => {
      answers += 1;
      if (answers === 2) throw Object.assign(new Error("queryA ENOTFOUND"), { code: "ENOTFOUND" });
      if (answers === 3) return [];
      return ["127.0.0.1"];
    };
    await using sending = await startSending({ egress: { allowLoopback: true, resolve }, requireHttps: false });
    const { id } = await sending.post(`http://hooks.example.com:${receiver.port}/`);
    await sending.empty();
    expect((await sending.history(id)).map(({ reason }) => reason)).toEqual([
      "the name is not known",
      "the connection failed",
      null,
    ]);
  });

  const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
  test.skipIf(!hasIpv6)("a receiver that has an IPv6 address alone is reached", async () => {
    await using receiver = await startReceiver(status(200), { host: "::1" });
    const egress = { allowLoopback: true, resolve: async () => ["::1"] };
    await using sending = await startSending({ egress, requireHttps: false });
    await sending.post(`http://hooks.example.com:${receiver.port}/`);
    await sending.post(receiver.url);
    await sending.empty();
    expect((await sending.history()).map(({ address, outcome }) => [address, outcome])).toEqual([
      ["::1", "delivered"],
      ["::1", "delivered"],
    ]);
  });
});

describe("connections", () => {
  test("those that were made are used again, and one that went away costs an attempt, not the delivery", async () => {
    await using sockets = await startSockets((socket, count) => {
      let requests = 0;
      socket.on("data", () => {
        requests += 1;
        if (count === 0 && requests === 3) socket.destroy();
        else socket.write(ok);
      });
    });
    await using sending = await startSending({ perEndpoint: 1 });
    const subscription = await sending.service.subscribe({ url: sockets.url });
    await sending.queue(subscription, 5);
    await sending.empty();
    expect(sending.outcomes.filter((kind) => kind === "delivered")).toHaveLength(5);
    expect(sockets.connections()).toBe(2);
  });

  test("no more than allowed are open to one URL", async () => {
    let open = 0;
    let most = 0;
    await using receiver = await startReceiver((_request, response) => {
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
        response.end();
      }, 1);
    });
    await using sending = await startSending({ perEndpoint: 4 });
    const subscription = await sending.service.subscribe({ url: receiver.url });
    await sending.queue(subscription, 100);
    await sending.empty();
    expect(most).toBe(4);
    expect(receiver.connections()).toBeLessThanOrEqual(4);
  });
});
