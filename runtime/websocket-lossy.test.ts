import { describe, expect, test } from "vitest";
import { createAgent } from "./agent.js";
import { connect } from "./client.js";
import { isAsapError } from "./error.js";
import type { Peer } from "./peer.js";
import { skill } from "./skill.js";
import { type Fate, frameProxy, type PassingFrame, seededRandom } from "./testing/frame-proxy.js";
import { serve } from "./transport/node.js";

const requests = 10_000;

/** An agent that counts how often each input was run. */
function countingAgent() {
  const runs = new Map<string, number>();
  const agent = createAgent({
    id: "urn:asap:agent:server",
    skills: {
      count: skill({
        description: "Counts its runs",
        run: async (input) => {
          const name = String(input["name"]);
          runs.set(name, (runs.get(name) ?? 0) + 1);
          await new Promise((resolve) => setTimeout(resolve, Number(input["ms"] ?? 0)));
          return { name };
        },
      }),
    },
  });
  return { agent, runs, twice: () => [...runs.values()].filter((count) => count > 1).length };
}

const patient = {
  timeoutMs: 120_000,
  websocket: {
    reconnect: { baseMs: 10, maxMs: 100 },
    ack: { timeoutMs: 300, maxRetries: 100 },
    initialAttempts: 1_000,
  },
};

/** Asks many times, some at once; gives the names that were answered. */
async function askMany(peers: readonly Peer[], count: number, atOnce: number): Promise<Map<string, number>> {
  const answered = new Map<string, number>();
  let next = 0;
  const worker = async (place: number) => {
    for (let number = next++; number < count; number = next++) {
      const name = `request ${number}`;
      const peer = peers[place % peers.length] as Peer;
      const result = await peer.run<{ name: string }>("count", { name });
      expect(result.name).toBe(name);
      answered.set(name, (answered.get(name) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, place) => worker(place)));
  return answered;
}

describe("task requests with acknowledgements through a proxy that harms", () => {
  test(`${requests} of them, connections dropped at any frame: each is answered once and run once (ACK-004, WSB-017)`, async () => {
    const random = seededRandom(20_260_101);
    const { agent, runs, twice } = countingAgent();
    await using server = await serve(agent, { port: 0, rateLimit: "off" });
    const doomed = new Map<number, number>();
    const fate = ({ connection }: PassingFrame): Fate => {
      const left = doomed.get(connection) ?? (random() < 0.05 ? 1 : 20 + Math.floor(random() * 300));
      doomed.set(connection, left - 1);
      return left <= 1 ? "kill" : "pass";
    };
    await using proxy = await frameProxy(server.port, fate);
    const peers = await Promise.all(
      Array.from({ length: 4 }, () => connect(proxy.url, { ...patient, transport: "websocket" })),
    );
    try {
      const answered = await askMany(peers, requests, 40);
      expect(answered.size).toBe(requests);
      expect([...answered.values()].filter((count) => count !== 1)).toEqual([]);
      expect(runs.size).toBe(requests);
      expect(twice()).toBe(0);
      const { killed, connections } = proxy.counts;
      expect(killed).toBeGreaterThan(requests / 1_000);
      process.stdout.write(
        `${answered.size} results of ${requests}, ${twice()} run twice, ${killed} of ${connections} connections dropped\n`,
      );
    } finally {
      await Promise.all(peers.map((peer) => peer.close()));
    }
  }, 120_000);

  const isAck = ({ text }: PassingFrame) => text.includes('"asap.ack"');
  const isResponse = ({ to, text }: PassingFrame) => to === "client" && text.includes('"id":"ws-');
  const isRequest = ({ to, text }: PassingFrame) => to === "server" && text.includes('"asap.send"');
  const faults: Readonly<Record<string, (frame: PassingFrame, random: () => number) => Fate>> = {
    "every second request lost": (frame, random) => (isRequest(frame) && random() < 0.5 ? "drop" : "pass"),
    "every second acknowledgement lost": (frame, random) => (isAck(frame) && random() < 0.5 ? "drop" : "pass"),
    "every second request twice": (frame, random) => (isRequest(frame) && random() < 0.5 ? "twice" : "pass"),
    "every second answer twice": (frame, random) => (isResponse(frame) && random() < 0.5 ? "twice" : "pass"),
    "frames late and in another order": (_frame, random) =>
      random() < 0.5 ? { lateMs: Math.floor(random() * 20) } : "pass",
    "acknowledgements after answers": (frame) => (isAck(frame) ? { lateMs: 20 } : "pass"),
    "connections cut at the answer": (frame, random) => (isResponse(frame) && random() < 0.1 ? "kill" : "pass"),
  };
  test.each(Object.keys(faults))("%s: each is answered once and run once", async (name) => {
    const random = seededRandom(7);
    const { agent, runs, twice } = countingAgent();
    await using server = await serve(agent, { port: 0, rateLimit: "off" });
    await using proxy = await frameProxy(server.port, (frame) => faults[name]?.(frame, random) ?? "pass");
    const options = { ...patient.websocket, ack: { timeoutMs: 40, maxRetries: 100 } };
    await using peer = await connect(proxy.url, { ...patient, websocket: options, transport: "websocket" });
    const answered = await askMany([peer], 60, 10);
    expect([...answered.values()]).toEqual(Array.from({ length: 60 }, () => 1));
    expect(runs.size).toBe(60);
    expect(twice()).toBe(0);
    expect(proxy.counts.harmed).toBeGreaterThan(5);
  });

  test("an answer that is lost on a connection that stays ends in a typed error at the call's timeout", async () => {
    const { agent, runs } = countingAgent();
    await using server = await serve(agent, { port: 0, rateLimit: "off" });
    await using proxy = await frameProxy(server.port, (frame) => (isResponse(frame) ? "drop" : "pass"));
    await using peer = await connect(proxy.url, { ...patient, timeoutMs: 300, transport: "websocket" });
    const error: unknown = await peer.run("count", { name: "lost" }).catch((cause: unknown) => cause);
    expect(isAsapError(error) && error.code).toBe("asap:transport/timeout");
    expect(runs.get("lost")).toBe(1);
  });

  test("no acknowledgement at all is a typed error after the last retry, and one failure of the breaker (ACK-006)", async () => {
    const { agent } = countingAgent();
    await using server = await serve(agent, { port: 0, rateLimit: "off" });
    await using proxy = await frameProxy(server.port, (frame) => (isRequest(frame) ? "drop" : "pass"));
    const websocket = { ack: { timeoutMs: 20, maxRetries: 2 }, breaker: { failures: 1, circuits: new Map() } };
    await using peer = await connect(proxy.url, { transport: "websocket", websocket });
    await expect(peer.run("count", { name: "a" })).rejects.toMatchObject({
      code: "asap:transport/ack_timeout",
      data: { attempts: 3 },
    });
    expect(proxy.counts.harmed).toBe(3);
    await expect(peer.run("count", { name: "b" })).rejects.toMatchObject({ code: "asap:transport/circuit_open" });
  });
});
