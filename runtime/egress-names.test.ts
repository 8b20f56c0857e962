import { createHook } from "node:async_hooks";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { guardedFetch } from "#egress";
import type { EgressPolicy } from "./egress.js";
import { knownNames, type Resolve } from "./egress-names.js";
import { guardedSocket } from "./egress-node.js";
import { egressRules } from "./egress-rules.js";

/** A resolver whose questions are counted, and a clock that is set by hand. */
function asking(answer: (host: string, count: number) => readonly string[] | Promise<readonly string[]>) {
  const asked: string[] = [];
  const resolve: Resolve = async (host) => answer(host, asked.push(host));
  const clock = { ms: 0 };
  return { asked, resolve, clock, names: knownNames(resolve, () => clock.ms) };
}

describe("knownNames()", () => {
  test("asks once until an answer is as old as it may be, which each asker says for himself", async () => {
    const { asked, clock, names } = asking((_host, count) => [`8.8.8.${count}`]);
    expect(await names.addressesOf("a.example", 100)).toEqual(["8.8.8.1"]);
    clock.ms = 99;
    expect(await names.addressesOf("a.example", 100)).toEqual(["8.8.8.1"]);
    expect(await names.addressesOf("a.example", 99)).toEqual(["8.8.8.2"]);
    clock.ms = 198;
    expect(await names.addressesOf("a.example", 100)).toEqual(["8.8.8.2"]);
    clock.ms = 199;
    expect(await names.addressesOf("a.example", 100)).toEqual(["8.8.8.3"]);
    expect(await names.addressesOf("a.example", 0)).toEqual(["8.8.8.4"]);
    expect(await names.addressesOf("b.example", 100)).toEqual(["8.8.8.5"]);
    expect(asked).toHaveLength(5);
  });

  test("has those who ask at once wait for one answer", async () => {
    const { asked, names } = asking(async () => ["8.8.8.8", "8.8.4.4", "8.8.8.8"]);
    const all = await Promise.all(Array.from({ length: 50 }, () => names.addressesOf("a.example", 100)));
    expect(new Set(all.map(String))).toEqual(new Set(["8.8.8.8,8.8.4.4"]));
    expect(asked).toEqual(["a.example"]);
  });

  test("asks again where an answer is waited for too long", async () => {
    const { asked, clock, names } = asking((_host, count) => (count === 1 ? new Promise(() => {}) : ["8.8.8.8"]));
    const stuck = names.addressesOf("a.example", 100);
    clock.ms = 100;
    expect(await Promise.race([stuck, names.addressesOf("a.example", 100)])).toEqual(["8.8.8.8"]);
    expect(asked).toHaveLength(2);
  });

  test("has nobody wait along with a question of 5 s ago, however old answers may be", async () => {
    const { asked, clock, names } = asking((_host, count) => (count === 1 ? new Promise(() => {}) : ["8.8.8.8"]));
    const stuck = names.addressesOf("a.example", 60_000);
    clock.ms = 4_999;
    expect(await Promise.race([names.addressesOf("a.example", 60_000), wait(5)])).toBeUndefined();
    expect(asked).toHaveLength(1);
    clock.ms = 5_000;
    expect(await Promise.race([stuck, names.addressesOf("a.example", 60_000)])).toEqual(["8.8.8.8"]);
    clock.ms = 64_999;
    expect(await names.addressesOf("a.example", 60_000)).toEqual(["8.8.8.8"]);
    expect(asked).toHaveLength(2);
  });

  test("keeps a late answer until there is a newer one", async () => {
    const tell: ((addresses: readonly string[]) => void)[] = [];
    const { asked, clock, names } = asking(() => new Promise<readonly string[]>((resolve) => void tell.push(resolve)));
    const first = names.addressesOf("a.example", 60_000);
    clock.ms = 5_000;
    const second = names.addressesOf("a.example", 60_000);
    tell[0]?.(["8.8.8.1"]);
    await first;
    clock.ms = 10_000;
    expect(await names.addressesOf("a.example", 60_000)).toEqual(["8.8.8.1"]);
    tell[1]?.(["8.8.8.2"]);
    await second;
    expect(await names.addressesOf("a.example", 60_000)).toEqual(["8.8.8.2"]);
    const third = names.addressesOf("a.example", 0);
    clock.ms = 15_000;
    const fourth = names.addressesOf("a.example", 0);
    tell[3]?.(["8.8.8.4"]);
    await fourth;
    tell[2]?.(["8.8.8.3"]);
    await third;
    expect(await names.addressesOf("a.example", 60_000)).toEqual(["8.8.8.4"]);
    expect(asked).toHaveLength(4);
  });

  test("keeps neither a failure nor an answer without addresses", async () => {
    const { asked, names } = asking((_host, count) => {
      if (count === 1) throw new Error("no name server");
      return count === 2 ? [] : ["8.8.8.8"];
    });
    const together = [names.addressesOf("a.example", 100), names.addressesOf("a.example", 100)];
    for (const one of together) await expect(one).rejects.toThrow("no name server");
    expect(await names.addressesOf("a.example", 100)).toEqual([]);
    expect(await names.addressesOf("a.example", 100)).toEqual(["8.8.8.8"]);
    expect(await names.addressesOf("a.example", 100)).toEqual(["8.8.8.8"]);
    expect(asked).toHaveLength(3);
  });

  test("a late failure does not take away a newer answer", async () => {
    let fail = (_cause: Error) => {};
    const first = new Promise<readonly string[]>((_resolve, reject) => {
      fail = reject;
    });
    const { asked, clock, names } = asking((_host, count) => (count === 1 ? first : ["8.8.8.8"]));
    const stuck = names.addressesOf("a.example", 100);
    clock.ms = 100;
    await names.addressesOf("a.example", 100);
    fail(new Error("too late"));
    await expect(stuck).rejects.toThrow("too late");
    expect(await names.addressesOf("a.example", 100)).toEqual(["8.8.8.8"]);
    expect(asked).toHaveLength(2);
  });

  test("keeps 1,000 names; the one asked for longest ago gives way", async () => {
    const { asked, names } = asking((_host, count) => [`8.8.8.${count % 250}`]);
    for (let count = 0; count < 1_000; count += 1) await names.addressesOf(`${count}.example`, 100);
    await names.addressesOf("0.example", 100);
    expect(asked).toHaveLength(1_000);
    await names.addressesOf("1000.example", 100);
    await names.addressesOf("1.example", 100);
    expect(asked).toHaveLength(1_001);
    await names.addressesOf("0.example", 100);
    expect(asked).toHaveLength(1_002);
  });

  test("forgets an answer, but no newer one", async () => {
    const { asked, names } = asking((_host, count) => [`8.8.8.${count}`]);
    const first = await names.addressesOf("a.example", 100);
    names.forget("b.example", first);
    names.forget("a.example", ["8.8.8.1"]);
    expect(await names.addressesOf("a.example", 100)).toBe(first);
    names.forget("a.example", first);
    const second = await names.addressesOf("a.example", 100);
    expect(second).toEqual(["8.8.8.2"]);
    names.forget("a.example", first);
    expect(await names.addressesOf("a.example", 100)).toBe(second);
    expect(asked).toHaveLength(2);
  });
});

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A server on one address that answers with it and keeps no connection. */
async function listen(address: string, port = 0): Promise<{ server: Server; port: number }> {
  const server = createServer((_request, response) => response.writeHead(200, { connection: "close" }).end(address));
  servers.push(server);
  await once(server.listen(port, address), "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

const textOf = async (send: typeof fetch, port: number): Promise<string> =>
  (await send(`http://agent.example:${port}/`)).text();

/** Stand in for public addresses: the policies of these tests allow them of the host's. */
const [one, other] = ["127.0.0.2", "127.0.0.3"];
const allowNetworks = [`${one}/32`, `${other}/32`];

/** A name that the hosts file of this host has for 127.0.0.1, beside the one that nobody is asked for. */
const hostsName = /^127\.0\.0\.1\s+(?:localhost\s+)?(?!localhost)([\w.-]+)/m.exec(
  existsSync("/etc/hosts") ? readFileSync("/etc/hosts", "utf8") : "",
)?.[1];

describe("connections to a name that was asked for a moment ago", () => {
  test("ask no more, one after another and at once", async () => {
    const { port } = await listen(one);
    const { asked, resolve } = asking(() => [one]);
    const send = guardedFetch({ allowNetworks, resolve, dnsTtlMs: 60_000 });
    for (let count = 0; count < 3; count += 1) expect(await textOf(send, port)).toBe(one);
    await Promise.all(Array.from({ length: 20 }, () => textOf(send, port)));
    expect(asked).toEqual(["agent.example"]);
  });

  test("ask each time with a resolver of one's own, unless the policy says how long", async () => {
    const { port } = await listen(one);
    for (const dnsTtlMs of [undefined, 0]) {
      const { asked, resolve } = asking(() => [one]);
      const send = guardedFetch({ allowNetworks, resolve, ...(dnsTtlMs !== undefined && { dnsTtlMs }) });
      for (let count = 0; count < 3; count += 1) await textOf(send, port);
      expect(asked).toHaveLength(3);
    }
  });

  test("ask the system once, and each time with 0", async () => {
    const { port } = await listen("127.0.0.1");
    const asked = { count: 0 };
    const hook = createHook({
      init(_id, type) {
        if (type === "GETADDRINFOREQWRAP") asked.count += 1;
      },
    }).enable();
    // Names that every system's resolver takes for 127.0.0.1, as URLs do; here no URL reads them before.
    const connections = async (hostname: string, policy: EgressPolicy) => {
      asked.count = 0;
      const target = { hostname, port, isEncrypted: false };
      const all = Array.from({ length: 8 }, () => guardedSocket(policy, target));
      for (const socket of await Promise.all(all)) socket.destroy();
      (await guardedSocket({ ...policy }, target)).destroy();
      return asked.count;
    };
    try {
      expect(await connections("127.1", { allowLoopback: true })).toBe(1);
      expect(await connections("127.0.1", { allowLoopback: true, dnsTtlMs: 0 })).toBe(9);
    } finally {
      hook.disable();
    }
  });

  test.skipIf(hostsName === undefined)("find the names of the hosts file", async () => {
    const { port } = await listen("127.0.0.1");
    const target = { hostname: hostsName ?? "", port, isEncrypted: false };
    for (let count = 0; count < 2; count += 1) (await guardedSocket({ allowLoopback: true }, target)).destroy();
    await expect(guardedSocket({}, target)).rejects.toMatchObject({ data: { address: "127.0.0.1" } });
  });

  test("are judged by the policy of each, though they share an answer", async () => {
    const { port } = await listen(one);
    const { asked, resolve } = asking(() => [one]);
    const open = guardedFetch({ allowNetworks, resolve, dnsTtlMs: 60_000 });
    const strict = guardedFetch({ resolve, dnsTtlMs: 60_000 });
    expect(await textOf(open, port)).toBe(one);
    await expect(textOf(strict, port)).rejects.toMatchObject({
      code: "asap:transport/address_refused",
      data: { host: "agent.example", address: one, range: "loopback" },
    });
    expect(await textOf(open, port)).toBe(one);
    expect(asked).toEqual(["agent.example"]);
  });

  test("go to the address that was judged while it is kept; the one it has changed to is refused afterwards", async () => {
    const { port } = await listen(one);
    const inside = await listen("127.0.0.1", port);
    let connected = 0;
    inside.server.on("connection", () => {
      connected += 1;
    });
    const { asked, resolve } = asking((_host, count) => [count === 1 ? one : "127.0.0.1"]);
    const kept = guardedFetch({ allowNetworks, resolve, dnsTtlMs: 60_000 });
    expect(await textOf(kept, port)).toBe(one);
    expect(await textOf(kept, port)).toBe(one);
    await wait(5);
    const past = guardedFetch({ allowNetworks, resolve, dnsTtlMs: 1 });
    await expect(textOf(past, port)).rejects.toMatchObject({ code: "asap:transport/address_refused" });
    await expect(textOf(kept, port)).rejects.toMatchObject({ code: "asap:transport/address_refused" });
    expect([asked.length, connected]).toEqual([2, 0]);
  });

  test("ask anew once no connection is to be had at the address", async () => {
    const { port, server } = await listen(one);
    await listen(other, port);
    const { asked, resolve } = asking((_host, count) => [count === 1 ? one : other]);
    const send = guardedFetch({ allowNetworks, resolve, dnsTtlMs: 60_000 });
    expect(await textOf(send, port)).toBe(one);
    await new Promise((resolve) => server.close(resolve));
    await expect(textOf(send, port)).rejects.toThrow();
    expect(await textOf(send, port)).toBe(other);
    expect(await textOf(send, port)).toBe(other);
    expect(asked).toHaveLength(2);
  });

  test("ask anew once what answers at the address speaks no TLS", async () => {
    const { port } = await listen(one);
    const { asked, resolve } = asking(() => [one]);
    const policy: EgressPolicy = { allowNetworks, resolve, dnsTtlMs: 60_000 };
    const target = { hostname: "agent.example", port, isEncrypted: true };
    for (let count = 0; count < 2; count += 1) await expect(guardedSocket(policy, target)).rejects.toThrow();
    expect(asked).toHaveLength(2);
  });
});

test.each([-1, 0.5, Number.NaN, 3_600_001])("dnsTtlMs %d is refused", (dnsTtlMs) => {
  expect(() => egressRules({ dnsTtlMs })).toThrow("egress.dnsTtlMs must be a whole number from 0 to 3600000");
});
