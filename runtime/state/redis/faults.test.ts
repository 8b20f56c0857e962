import { randomUUID } from "node:crypto";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterAll, describe, expect, test, vi } from "vitest";
import { type AsapError, isAsapError } from "../../error.js";
import type { LogFields } from "../../observe/log.js";
import { redisError } from "./faults.js";
import { type RedisClient, redisState } from "./open.js";
import { places } from "./testing/places.js";
import { eventOf, newTaskOf, snapshotOf } from "./testing/records.js";
import { isServerThere, testClient, testUrl } from "./testing/redis-place.js";

const isRequired = process.env["ASAP_REQUIRE_SERVICES"] === "1";
const isThere = isRequired || (await isServerThere());

const failureOf = (work: Promise<unknown>): Promise<AsapError> =>
  work.then(
    () => {
      throw new Error("it did not fail");
    },
    (cause: unknown) => {
      if (isAsapError(cause)) return cause;
      throw cause;
    },
  );

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });

describe("a Redis server that is not there", () => {
  test("is an error that holds no password", async () => {
    const server = createServer();
    const port = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    const error = await failureOf(redisState({ url: `redis://user:canary@127.0.0.1:${port}` }));
    expect(error).toMatchObject({
      code: "asap:state/unavailable",
      data: { backend: "redis", reason: "the server refuses connections" },
      retryable: true,
    });
    expect(JSON.stringify(error)).not.toContain("canary");
  });

  test.each([
    ["says nothing", () => {}],
    ["hangs up", (socket: { destroy(): void }) => socket.destroy()],
    ["is none of Redis", (socket: { write(text: string): void }) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n")],
  ])("or one that %s", async (_, welcome) => {
    const sockets = new Set<{ destroy(): void }>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      welcome(socket);
    });
    const url = `redis://127.0.0.1:${await listening(server)}`;
    const error = await failureOf(redisState({ url, connectTimeoutMs: 300 }));
    expect(error.code).toBe("asap:state/unavailable");
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  test.each([
    { url: "http://127.0.0.1:6379" },
    { url: "redis://user:can%ary@127.0.0.1" },
    { url: "canary" },
    { url: testUrl, client: {} as RedisClient },
    { prefix: "" },
    { prefix: "a}b" },
    { connectTimeoutMs: 0 },
    { commandTimeoutMs: Number.NaN },
    { commandTimeoutMs: 2 ** 31 },
    { maxRecordBytes: 0 },
  ])("options that cannot be used are told by name: %j", async (options) => {
    const error = await failureOf(redisState(options));
    expect(error.code).toBe("asap:config/invalid_option");
    expect(Object.keys(options)).toContain(error.data["option"]);
    expect(JSON.stringify(error)).not.toMatch(/can%?ary/);
  });

  test("redis that is not installed is named", async () => {
    vi.doMock("redis", () => {
      throw new Error("Cannot find package 'redis'");
    });
    expect(await failureOf(redisState())).toMatchObject({
      code: "asap:config/missing_package",
      data: { package: "redis", install: "npm install redis" },
    });
    vi.doUnmock("redis");
  });
});

describe("what a Redis server says", () => {
  test.each([
    ["WRONGPASS invalid username-password pair or user is disabled.", "access_denied"],
    ["NOAUTH Authentication required.", "access_denied"],
    ["NOPERM this user has no permissions to run the 'evalsha' command", "access_denied"],
    [
      "ERR The user executing the script can't run this command or subcommand script: 0, on @user_script:1.",
      "access_denied",
    ],
    ["OOM command not allowed when used memory > 'maxmemory'. script: 0, on @user_script:1.", "unavailable"],
    ["READONLY You can't write against a read only replica. script: 0, on @user_script:1.", "unavailable"],
    [
      "MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist on disk.",
      "unavailable",
    ],
    ["LOADING Redis is loading the dataset in memory", "unavailable"],
    ["BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.", "unavailable"],
    ["MOVED 3999 127.0.0.1:6381", "unavailable"],
    ["ERR max number of clients reached", "unavailable"],
    ["ERR anything else", "unavailable"],
    ["WRONGTYPE Operation against a key holding the wrong kind of value script: 0, on @user_script:1.", "corrupt"],
    ["ERR Error running script (call to f_0): @user_script:1: WRONGTYPE Operation against a key", "corrupt"],
    ["ERR user_script:9: attempt to index local 'head' (a boolean value) script: 0, on @user_script:9.", "corrupt"],
  ])("%s", (text, name) => {
    const error = redisError(new Error(text));
    expect(error.code).toBe(`asap:state/${name}`);
    expect(error.message).not.toContain(text);
    expect(redisError(error)).toBe(error);
  });

  test("addresses of which none answers", () => {
    const cause = new AggregateError([new Error("connect ECONNREFUSED ::1:6379")], "");
    expect(redisError(cause).data["reason"]).toBe("the server refuses connections");
    expect(redisError("nothing").code).toBe("asap:state/unavailable");
  });
});

describe.runIf(isThere)("a Redis server with users", () => {
  const { fresh, remove } = places();
  const users: string[] = [];
  afterAll(async () => {
    const admin = await testClient();
    if (users.length > 0) await admin.aclDelUser(users);
    admin.destroy();
    await remove();
  });

  /** Makes a user; tells its name and the URL with which it logs in. */
  async function userOf(...rules: readonly string[]) {
    const name = `asap-test-${randomUUID()}`;
    users.push(name);
    const admin = await testClient();
    await admin.aclSetUser(name, ["on", ">canary", ...rules]);
    admin.destroy();
    return { name, url: testUrl.replace("//", `//${name}:canary@`) };
  }
  const enough = (prefix: string) => [`~{${prefix}}:*`, "+@read", "+@write", "+@scripting", "+time"];

  test("does not let in who gives a wrong password", async () => {
    const { url } = await userOf();
    const error = await failureOf(redisState({ url: url.replace("canary", "wrong-canary") }));
    expect(error).toMatchObject({
      code: "asap:state/access_denied",
      data: { backend: "redis", reason: "the user or the password is wrong" },
    });
    expect(JSON.stringify(error)).not.toContain("canary");
  });

  test("lets a user in who has the permissions that the docs name", async () => {
    const prefix = fresh();
    const { url } = await userOf(...enough(prefix));
    const warn = vi.fn();
    const store = await redisState({ url, prefix, log: { warn } });
    await store.snapshots.save(snapshotOf("task"));
    await store.metering.record(eventOf("task"));
    await store.metering.purge(0);
    await store.tasks.create(newTaskOf("task", { lease: { holder: "one", forMs: -1 } }));
    expect(await store.tasks.claim("agent", { holder: "two", forMs: 1 }, 1)).toHaveLength(1);
    expect(await store.nonces.use("nonce", 1_000)).toBe(true);
    expect((await store.tasks.list()).items).toHaveLength(1);
    expect(warn).not.toHaveBeenCalled();
    await store.close();
  });

  test("refuses a user the keys of another prefix, scripts, and writing", async () => {
    const prefix = fresh();
    const { url } = await userOf(...enough("another"));
    expect((await failureOf(redisState({ url, prefix }))).code).toBe("asap:state/access_denied");
    const [one, reader] = [await userOf(`~{${prefix}}:*`, "+@read"), await userOf(...enough(prefix), "-@write")];
    expect((await failureOf(redisState({ url: one.url, prefix }))).code).toBe("asap:state/access_denied");
    await (await redisState({ url: testUrl, prefix })).close();
    const store = await redisState({ url: reader.url, prefix });
    expect(await store.snapshots.get("task")).toBeUndefined();
    const refusal = await failureOf(store.snapshots.save(snapshotOf("task")));
    expect(refusal.data).toEqual({ backend: "redis", reason: "the user lacks a permission" });
    await store.close();
  });

  test("that forgets a user at work refuses it", async () => {
    const prefix = fresh();
    const { name, url } = await userOf(...enough(prefix));
    const store = await redisState({ url, prefix });
    await store.snapshots.save(snapshotOf("task"));
    const admin = await testClient();
    await admin.aclDelUser(name);
    admin.destroy();
    await expect.poll(() => failureOf(store.snapshots.get("task"))).toMatchObject({ code: "asap:state/access_denied" });
    await store.close();
  });

  test("that cuts connections in the middle of work loses nothing it acknowledged, and work goes on", async () => {
    const prefix = fresh();
    const { name, url } = await userOf(...enough(prefix));
    const store = await redisState({ url, prefix });
    const admin = await testClient();
    const saved: number[] = [];
    const codes = new Set<string>();
    let version = 0;
    let cuts = 0;
    const save = async () => {
      while (cuts < 20) {
        version += 1;
        const mine = version;
        await store.snapshots.save(snapshotOf("task", mine)).then(
          () => saved.push(mine),
          (cause: AsapError) => {
            codes.add(cause.code);
            return new Promise((resolve) => setImmediate(resolve));
          },
        );
      }
    };
    const cut = async () => {
      for (; cuts < 20; cuts += 1) {
        await admin.clientKill({ filter: "USER", username: name });
        await store.snapshots.listVersions("task").catch(() => {});
      }
    };
    await Promise.all([cut(), ...Array.from({ length: 16 }, save)]);
    await store.snapshots.save(snapshotOf("task", version + 1));
    const kept = new Set(await store.snapshots.listVersions("task"));
    expect(saved.length).toBeGreaterThan(0);
    expect(saved.filter((each) => !kept.has(each))).toEqual([]);
    expect([...codes]).toEqual(["asap:state/unavailable"]);
    admin.destroy();
    await store.close();
  });
});

describe.runIf(isThere)("a connection that falls silent", () => {
  const { fresh, remove } = places();
  afterAll(remove);

  test("is an error, and the next call has another one", async () => {
    const sockets: Socket[] = [];
    const { hostname, port } = new URL(testUrl);
    const proxy = createServer((socket) => {
      const server = connect(Number(port), hostname);
      for (const each of [socket, server]) each.on("error", () => {});
      socket.pipe(server).pipe(socket);
      sockets.push(socket, server);
    });
    const url = `redis://127.0.0.1:${await listening(proxy)}`;
    const store = await redisState({ url, prefix: fresh(), commandTimeoutMs: 500 });
    await store.snapshots.save(snapshotOf("task"));
    for (const socket of sockets) socket.unpipe();
    const error = await failureOf(store.snapshots.get("task"));
    expect(error.data).toEqual({ backend: "redis", reason: "the server does not answer" });
    expect((await store.snapshots.get("task"))?.version).toBe(1);
    expect(sockets).toHaveLength(4);
    await store.close();
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
});

describe.runIf(isThere)("a client that is given", () => {
  const { fresh, remove } = places();
  afterAll(remove);

  test("is used, and left open", async () => {
    const client = await testClient();
    const listeners = client.listenerCount("error");
    const store = await redisState({ client, prefix: fresh() });
    await store.snapshots.save(snapshotOf("task"));
    expect(await store.snapshots.listVersions("task")).toEqual([1]);
    await store.close();
    expect(client.isReady).toBe(true);
    expect(client.listenerCount("error")).toBe(listeners);
    client.destroy();
  });

  test("that was ended is an error", async () => {
    const client = await testClient();
    const store = await redisState({ client, prefix: fresh() });
    client.destroy();
    expect((await failureOf(store.snapshots.get("task"))).data["reason"]).toBe("the connection was lost");
    await store.close();
  });

  test.each([
    ["no", "noeviction", 1],
    ["yes", "allkeys-lru", 1],
    ["yes", "noeviction", 0],
    [undefined, undefined, 0],
  ])("appendonly %s and the policy %s: %i warnings", async (appendonly, policy, warnings) => {
    const real = await testClient();
    const client: RedisClient = {
      eval: (text, options) => real.eval(text, options),
      evalSha: (sha, options) => real.evalSha(sha, options),
      configGet: async (name) => ({ [name]: name === "appendonly" ? appendonly : policy }),
    };
    const lines: [string, LogFields][] = [];
    const warn = (event: string, fields: LogFields) => {
      lines.push([event, fields]);
      throw new Error("the log is broken");
    };
    const store = await redisState({ client, prefix: fresh(), log: { warn } });
    await store.close();
    const line = ["asap.state.not_durable", { backend: "redis", appendonly, maxmemory_policy: policy }];
    expect(lines).toEqual(warnings === 1 ? [line] : []);
    real.destroy();
  });
});
