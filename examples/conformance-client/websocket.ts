import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { type ConnectOptions, connect } from "asap-kit";
import type { Act, Acts } from "./driver.js";

const hello = { message: "hello" };
const first = { message: "first" };
const second = { message: "second" };

const { env } = process;
/** Milliseconds from a variable; undefined where it is not set. */
const given = (name: string) => (env[name] === undefined ? undefined : Number(env[name]));

/** A peer over a WebSocket. */
const open = (url: string, { websocket, ...options }: ConnectOptions = {}) => {
  const ackTimeoutMs = given("ASAP_CONFORMANCE_ACK_TIMEOUT_MS");
  const waitMs = given("ASAP_CONFORMANCE_RECONNECT_MS");
  const longestMs = given("ASAP_CONFORMANCE_RECONNECT_MAX_MS");
  const pingMs = given("ASAP_CONFORMANCE_HEARTBEAT_MS");
  return connect(url, {
    transport: "websocket",
    ...options,
    websocket: {
      ...(ackTimeoutMs !== undefined && { ack: { timeoutMs: ackTimeoutMs } }),
      ...(waitMs !== undefined && {
        reconnect: { baseMs: waitMs, ...(longestMs !== undefined && { maxMs: longestMs }) },
      }),
      ...(pingMs !== undefined && { pingMs }),
      ...websocket,
    },
  });
};

/** Sends the task and takes its result. */
const send: Act = async (url) => {
  await using peer = await open(url);
  assert.deepEqual(await peer.run("echo", hello, { extensions: { nonce: crypto.randomUUID() } }), { echoed: hello });
};

/** Sends the task and takes its failure, which must have a code. */
const fail =
  (code: string): Act =>
  async (url) => {
    await using peer = await open(url);
    await assert.rejects(peer.run("echo", hello), { code });
  };

/** Sends the task some times over one peer, a while after one another. */
const sendTimes =
  (count: number): Act =>
  async (url) => {
    await using peer = await open(url);
    peer.onMessage(() => {});
    for (let sent = 0; sent < count; sent++) {
      if (sent > 0) await sleep(200);
      await peer.run("echo", hello);
    }
  };

/** Scenarios of messages over a WebSocket. */
const websocketActs: Acts = {
  "socket-send": send,
  "socket-fragments": send,
  "socket-heartbeat": send,
  "socket-pings": send,

  async "socket-reuse"(url) {
    await using peer = await open(url);
    for (let sent = 0; sent < 3; sent++) await peer.run("echo", hello);
  },

  async "socket-answers-swapped"(url) {
    await using peer = await open(url);
    const results = await Promise.all([peer.run("echo", first), peer.run("echo", second)]);
    assert.deepEqual(results, [{ echoed: first }, { echoed: second }]);
  },

  async "socket-answer-repeated"(url) {
    await using peer = await open(url);
    assert.deepEqual(await peer.run("echo", first), { echoed: first });
    assert.deepEqual(await peer.run("echo", second), { echoed: second });
  },

  async "socket-base-path"() {
    await send(env["ASAP_CONFORMANCE_BASE_URL"] ?? "");
  },

  async "socket-url"() {
    await send(env["ASAP_CONFORMANCE_SOCKET_URL"] ?? "");
  },

  async "socket-token"(url) {
    await using peer = await open(url, { headers: { Authorization: `Bearer ${env["ASAP_CONFORMANCE_TOKEN"]}` } });
    await peer.run("echo", hello);
  },

  async "socket-invalid-utf8"(url) {
    await using peer = await open(url);
    await peer.run("echo", hello).catch(() => undefined);
  },

  "socket-plain-answer": fail("asap:transport/invalid_response"),

  async "socket-plain-answer-oldest"(url) {
    await using peer = await open(url);
    const calls = await Promise.allSettled([peer.run("echo", first), peer.run("echo", second)]);
    const values = calls.map((call) => (call.status === "fulfilled" ? call.value : null));
    const own = [{ echoed: first }, { echoed: second }];
    assert.equal(values.filter((value) => value === null).length, 1);
    assert(values.every((value, at) => value === null || isDeepStrictEqual(value, own[at])));
  },

  async "socket-pushes"(url) {
    await using peer = await open(url);
    const percents = new Set<unknown>();
    peer.onMessage(({ payload }) => void percents.add((payload["progress"] as { percent?: unknown }).percent));
    await peer.run("echo", hello);
    assert.deepEqual(percents, new Set([25, 50]));
  },
};

/** Scenarios of acknowledgements. */
const ackActs: Acts = {
  async "ack-flags"(url) {
    await using peer = await open(url);
    const task_id = "task_1";
    await peer.run("echo", hello);
    await peer.send("TaskCancel", { task_id });
    await peer.send("StateRestore", { task_id, snapshot_id: "snap_1" });
    const sender = "urn:asap:agent:client";
    await peer.send("MessageSend", { task_id, message_id: "msg_1", sender, role: "user", parts: ["part_1"] });
    await peer.send("StateQuery", { task_id });
  },

  "ack-missing": send,
  "ack-then-answer": send,
  "ack-lost-connection": send,
  "ack-never": fail("asap:transport/ack_timeout"),
  "ack-rejected": fail("asap:transport/remote_error"),

  async "ack-never-breaker"(url) {
    await using peer = await open(url, { breaker: { failures: 1 } });
    await assert.rejects(peer.run("echo", hello), { code: "asap:transport/ack_timeout" });
    await assert.rejects(peer.run("echo", hello), { code: "asap:transport/circuit_open" });
  },
};

/** Scenarios of connections that end. */
const reconnectActs: Acts = {
  reconnect: sendTimes(2),
  "reconnect-waits": sendTimes(3),
  "reconnect-longest-wait": sendTimes(2),
  "reconnect-codes": sendTimes(4),
  "reconnect-policy": sendTimes(2),
};

/** Every scenario over a WebSocket. */
export const socketActs: Acts = { ...websocketActs, ...ackActs, ...reconnectActs };
