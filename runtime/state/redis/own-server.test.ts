import { createCluster } from "redis";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { AsapError } from "../../error.js";
import type { LogFields } from "../../observe/log.js";
import { stateContract } from "../contract/index.js";
import { redisState } from "./open.js";
import { canStartRedis, type OwnRedis, startOwnRedis } from "./testing/own-redis.js";
import { newTaskOf, snapshotOf } from "./testing/records.js";
import { testClient } from "./testing/redis-place.js";

const unavailable = (reason: string) => ({ code: "asap:state/unavailable", data: { backend: "redis", reason } });

describe.runIf(canStartRedis)("a Redis server that comes and goes", () => {
  test("keeps over a crash what it acknowledged, where it writes its file always; calls fail until it is back", async () => {
    await using server = await startOwnRedis("--appendonly", "yes", "--appendfsync", "always");
    const store = await redisState({ url: server.url });
    const acknowledged: number[] = [];
    let refusal: AsapError | undefined;
    const save = async (from: number) => {
      for (let version = from; refusal === undefined; version += 8) {
        await store.snapshots.save(snapshotOf("task", version)).then(
          () => acknowledged.push(version),
          (cause: AsapError) => {
            refusal = cause;
          },
        );
      }
    };
    const crash = async () => {
      while (acknowledged.length < 100) await store.snapshots.get("task");
      await server.crash();
    };
    await Promise.all([crash(), ...Array.from({ length: 8 }, (_, index) => save(index + 1))]);
    expect(refusal?.code).toBe("asap:state/unavailable");
    await expect(store.snapshots.get("task")).rejects.toMatchObject(unavailable("the server refuses connections"));
    await server.start();
    const kept = new Set(await store.snapshots.listVersions("task"));
    expect(acknowledged.filter((version) => !kept.has(version))).toEqual([]);
    await store.snapshots.save(snapshotOf("after", 1));
    await store.close();
  });

  test("that falls silent is an error, and is used again when it speaks", async () => {
    await using server = await startOwnRedis();
    const store = await redisState({ url: server.url, connectTimeoutMs: 300, commandTimeoutMs: 300 });
    server.signal("SIGSTOP");
    const silent = unavailable("the server does not answer");
    const calls = [store.snapshots.save(snapshotOf("task")), store.tasks.get("task"), store.nonces.use("nonce", 1_000)];
    for (const call of await Promise.allSettled(calls)) expect(call).toMatchObject({ reason: { code: silent.code } });
    await expect(store.snapshots.get("task")).rejects.toMatchObject(silent);
    server.signal("SIGCONT");
    await store.snapshots.save(snapshotOf("task", 2));
    expect((await store.snapshots.get("task"))?.version).toBe(2);
    await store.close();
  });

  test("that falls silent does not keep a store from closing", async () => {
    await using server = await startOwnRedis();
    const store = await redisState({ url: server.url, commandTimeoutMs: 300 });
    server.signal("SIGSTOP");
    const save = store.snapshots.save(snapshotOf("task"));
    await Promise.all([store.close(), expect(save).rejects.toMatchObject({ code: "asap:state/unavailable" })]);
    await expect(store.snapshots.get("task")).rejects.toMatchObject({ code: "asap:state/closed" });
    server.signal("SIGCONT");
  });

  test("that has no memory left, or became a replica, still reads", async () => {
    await using server = await startOwnRedis();
    const store = await redisState({ url: server.url });
    const admin = await testClient(server.url);
    await store.snapshots.save(snapshotOf("task", 1));
    await admin.configSet("maxmemory", "1");
    const full = unavailable("the memory of the server is exhausted");
    await expect(store.snapshots.save(snapshotOf("task", 2))).rejects.toMatchObject(full);
    await expect(store.tasks.create(newTaskOf("task"))).rejects.toMatchObject(full);
    await expect(store.nonces.use("nonce", 1_000)).rejects.toMatchObject(full);
    await admin.configSet("maxmemory", "0");
    await admin.sendCommand(["REPLICAOF", "127.0.0.1", "1"]);
    const replica = unavailable("the server is a replica that may only be read");
    await expect(store.snapshots.save(snapshotOf("task", 2))).rejects.toMatchObject(replica);
    expect(await store.snapshots.listVersions("task")).toEqual([1]);
    expect(await store.tasks.get("task")).toBeUndefined();
    admin.destroy();
    await store.close();
  });

  test.each([
    ["yes", []],
    ["no", [["asap.state.not_durable", { backend: "redis", appendonly: "no", maxmemory_policy: "noeviction" }]]],
  ])("with appendonly %s: the log is told what may be lost", async (appendonly, told) => {
    await using server = await startOwnRedis("--appendonly", appendonly);
    const lines: [string, LogFields][] = [];
    const log = { warn: (event: string, fields: LogFields) => lines.push([event, fields]) };
    const store = await redisState({ url: server.url, log });
    expect(lines).toEqual(told);
    await store.close();
  });
});

describe.runIf(canStartRedis)("state in a Redis cluster keeps the contract", () => {
  let server: OwnRedis | undefined;
  let cluster: ReturnType<typeof createCluster> | undefined;
  beforeAll(async () => {
    server = await startOwnRedis("--cluster-enabled", "yes");
    const admin = await testClient(server.url);
    await admin.sendCommand(["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]);
    await vi.waitFor(
      async () => expect(await admin.sendCommand(["CLUSTER", "INFO"])).toContain("cluster_state:ok"),
      5_000,
    );
    admin.destroy();
    cluster = createCluster({ rootNodes: [{ url: server.url }] });
    await cluster.connect();
  });
  afterAll(async () => {
    cluster?.destroy();
    await server?.[Symbol.asyncDispose]();
  });
  const open = (place: string) => redisState({ ...(cluster !== undefined && { client: cluster }), prefix: place });
  for (const { name, run } of stateContract({ open })) test(name, run);
});
