import { spawn } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createEchoAgent } from "../runtime/cli/echo-agent.js";
import { type Server, serve } from "../runtime/node.js";
import { type BundledProgram, bundleProgram } from "../runtime/testing/bundled-program.js";
import { exitCode, type JudgeOptions, judgeServer, type Report } from "./index.js";
import { type Hostile, hostileAgents, hostileServers, startHostile } from "./testing/hostile.js";

vi.setConfig({ testTimeout: 120_000 });
let agent: Server;
beforeAll(async () => {
  agent = await serve(createEchoAgent(), { port: 0, rateLimit: "off" });
});
afterAll(() => agent.close());

async function against<T>(hostile: Hostile | undefined, use: (url: string) => Promise<T>): Promise<T> {
  if (hostile === undefined) throw new Error("there is no such server");
  const server = await startHostile(hostile, agent.url);
  try {
    return await use(server.url);
  } finally {
    await server.close();
  }
}

const named = (name: string) => [...hostileServers, ...hostileAgents].find((one) => one.name === name);
const judge = (name: string, options: JudgeOptions): Promise<Report> =>
  against(named(name), (url) => judgeServer(url, { reruns: 0, ...options }));
const passing = (report: Report) => report.cases.filter(({ outcome }) => outcome === "pass").map(({ id }) => id);

describe("judgeServer() of an agent that does harm over its WebSocket", () => {
  it.each(hostileAgents.filter(({ upgrade }) => upgrade !== undefined).map(({ name }) => name))(
    "gives a verdict on one that %s",
    async (name) => {
      const report = await judge(name, { only: ["acks", "websocket.ping*", "websocket.fragment*"], timeoutMs: 1000 });
      expect(passing(report)).toEqual([]);
      expect(report.counts).toMatchObject({ run: report.counts.planned, error: 0 });
      expect(exitCode(report)).toBe(1);
      for (const { exchanges = [] } of report.cases)
        for (const { frames = [] } of exchanges) expect(frames.length).toBeLessThanOrEqual(60);
    },
  );

  it.each([
    ["sends a frame of 1 GB", "the agent sent more than 1048576 bytes; reading stopped"],
    ["sends fragments without end", "the agent sent more than 1048576 bytes; reading stopped"],
    ["sends empty fragments without end", "the agent sent more than 2000 frames; reading stopped"],
    ["sends pings without end", "the agent sent more than 2000 frames; reading stopped"],
    ["says nothing over a WebSocket", "waited 400 ms for an answer"],
    ["sends a ping now and then, and nothing else", "waited 400 ms for an answer"],
  ])("says of one that %s what came", async (name, words) => {
    const report = await judge(name, {
      only: ["acks.sent"],
      timeoutMs: name.endsWith("end") || name.endsWith("GB") ? 60_000 : 400,
    });
    expect(report.cases[0]?.found).toContain(words);
  });

  it.each([
    ["says nothing over a WebSocket", 400],
    ["sends frames that say nothing, now and then", 400],
    ["sends frames a byte at a time", 400],
    ["ends a WebSocket at the last moment", 1500],
    ["closes a WebSocket at the last moment", 1500],
  ])("sends few of the upgrades to one that %s", async (name, timeoutMs) => {
    const report = await judge(name, { only: ["websocket", "acks"], timeoutMs });
    const unsent = report.cases.filter(({ found }) => /not sent: \d+ requests of this kind/.test(found ?? ""));
    expect(unsent.length).toBeGreaterThan(80);
    expect(exitCode(report)).toBe(1);
  });
});

describe("judgeServer() of an agent that does not answer tasks", () => {
  it.each([
    ["never answers a task", 1000],
    ["resets the connection of a task at the last moment", 1500],
    ["has a gateway that gives up on tasks", 1500],
  ])("fails what needs one, and sends few, where it %s", async (name, timeoutMs) => {
    const report = await judge(name, { only: ["jsonrpc", "task", "health"], timeoutMs });
    expect(passing(report).every((id) => id.startsWith("health."))).toBe(true);
    expect(passing(report)).not.toEqual([]);
    expect(report.cases.filter(({ found }) => /not sent: /.test(found ?? "")).length).toBeGreaterThan(20);
    expect(exitCode(report)).toBe(1);
  });
});

describe("asap conformance server, as a process", () => {
  let program: BundledProgram;
  beforeAll(async () => {
    program = await bundleProgram("runtime/cli/main.ts");
  });
  afterAll(() => program.remove());

  const tellsMemory = 'process.on("exit", () => console.error("maxrss", process.resourceUsage().maxRSS));';
  const told = ["--import", `data:text/javascript,${encodeURIComponent(tellsMemory)}`];

  /** Runs the command; the memory is the most that it had, in megabytes. */
  const command = (url: string, flags: readonly string[] = []) =>
    new Promise<{ code: number | null; out: string; megabytes: number }>((resolve) => {
      const child = spawn(process.execPath, [...told, program.path, "conformance", "server", url, ...flags]);
      let out = "";
      let err = "";
      child.stdout.on("data", (data) => {
        out += data;
      });
      child.stderr.on("data", (data) => {
        err += data;
      });
      child.on("close", (code) => {
        resolve({ code, out, megabytes: Number(/maxrss (\d+)/.exec(err)?.[1]) / 1024 });
      });
    });

  it.each([
    ["resets every connection", [], 2, /COULD NOT RUN: no answer from the agent: .*ECONNRESET/],
    [
      "never answers",
      ["--timeout", "0.5"],
      2,
      /COULD NOT RUN: no answer from the agent: no complete answer within 500 ms/,
    ],
    ["sends a byte at a time", ["--timeout", "0.5"], 2, /COULD NOT RUN: no answer from the agent: no complete answer/],
    [
      "sends a body of 1 GB",
      ["--only", "jsonrpc", "--only", "discovery"],
      1,
      /longer than 1048576 bytes[\s\S]*FINDINGS: .* 0 pass/,
    ],
    [
      "sends a body of 1 GB in chunks",
      ["--only", "jsonrpc", "--only", "discovery"],
      1,
      /longer than 1048576 bytes[\s\S]*FINDINGS: .* 0 pass/,
    ],
    ["sends fragments without end", ["--only", "acks"], 1, /FINDINGS: /],
    ["sends pings without end", ["--only", "acks"], 1, /FINDINGS: /],
  ])("ends well with one that %s", async (name, flags, code, words) => {
    const ended = await against(named(name), (url) => command(url, flags));
    expect(ended.code).toBe(code);
    expect(ended.out).toMatch(words);
    expect(ended.megabytes).toBeLessThan(400);
  });
});
