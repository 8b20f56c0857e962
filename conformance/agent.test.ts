import { execFile } from "node:child_process";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createEchoAgent } from "../runtime/cli/echo-agent.js";
import { type AgentOptions, createAgent, skill, Type } from "../runtime/index.js";
import { type Server, serve } from "../runtime/node.js";
import { memoryState } from "../runtime/state/memory.js";
import { exitCode, judgeServer, type Report, renderJson, renderText } from "./index.js";
import { mutants } from "./mutants/index.js";
import { echo } from "./mutants/plain-agent.js";
import { tunnel } from "./mutants/tunnel.js";
import { wrap } from "./mutants/wrap.js";

const sum = skill({
  description: "Add two numbers",
  input: Type.Object({ a: Type.Number(), b: Type.Number() }, { additionalProperties: false }),
  output: Type.Object({ sum: Type.Number() }),
  run: async ({ a, b }) => ({ sum: a + b }),
});

const servers: Pick<Server, "close">[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

async function start(rateLimit?: string, more: Pick<AgentOptions, "auth"> = {}): Promise<string> {
  const agent = createAgent({
    ...more,
    id: "urn:asap:agent:echo-agent",
    name: "Echo",
    version: "1.0.0",
    description: "Answers with what it was asked.",
    skills: { echo, sum },
  });
  const server = await serve(agent, { port: 0, ...(rateLimit === undefined ? {} : { rateLimit }) });
  servers.push(server);
  return server.url;
}

/** Time enough for any answer of an agent that does answer, on a machine that has much else to do. */
const ample = { timeoutMs: 60_000 };
vi.setConfig({ testTimeout: 120_000 });

const findings = (report: Report) =>
  report.cases.filter(({ outcome }) => outcome !== "pass" && outcome !== "not-applicable");

describe("our own agent", () => {
  it("passes every case, MUST and SHOULD", async () => {
    const report = await judgeServer(await start("off"), ample);
    expect(findings(report)).toEqual([]);
    expect(report.outcome).toBe("conforms");
    expect(exitCode(report, { strict: true })).toBe(0);
    expect(report.counts).toMatchObject({ run: report.counts.planned, fail: 0, warn: 0, error: 0 });
    const others = report.cases.filter(({ outcome }) => outcome === "not-applicable").map(({ area }) => area);
    const elsewhere = ["auth", "lifecycle", "payloads", "state", "webhooks"];
    expect(others.filter((area) => !elsewhere.includes(area))).toEqual([
      "websocket",
      "acks",
      ...Array(6).fill("limits"),
    ]);
    expect(report.cases.filter(({ area, outcome }) => area === "auth" && outcome !== "not-applicable")).toEqual([]);
    expect(report.target).toMatchObject({ agentId: "urn:asap:agent:echo-agent", agentVersion: "1.0.0" });
  });

  it("is not asked for what it does not say it has: a task that runs for a while, and kept state", async () => {
    const report = await judgeServer(await start("off"), { ...ample, only: ["lifecycle", "state"] });
    expect(findings(report)).toEqual([]);
    const reasons = (area: string) => {
      const left = report.cases.filter((one) => one.area === area && one.outcome === "not-applicable");
      return [...new Set(left.map(({ reason }) => reason))];
    };
    expect(reasons("lifecycle")).toEqual(["the manifest lists no skill slow that takes steps and ms"]);
    expect(reasons("state")).toEqual(["the manifest does not say that the state of tasks is kept"]);
    const passed = report.cases.filter(({ outcome }) => outcome === "pass").map(({ area }) => area);
    expect([...new Set(passed)]).toEqual(["lifecycle"]);
  });

  it("that asap serve runs passes every case on the life of tasks, and on their state where it is kept", async () => {
    const server = await serve(createEchoAgent({ state: memoryState() }), { port: 0, rateLimit: "off" });
    servers.push(server);
    const report = await judgeServer(server.url, { ...ample, only: ["lifecycle", "state.query*"] });
    expect(findings(report)).toEqual([]);
    const others = report.cases.filter(({ outcome }) => outcome === "not-applicable").map(({ id }) => id);
    expect(others.filter((id) => id !== "state.query.highest")).toEqual([]);
  });

  it("passes under a path, behind a server that writes HTTP another way", async () => {
    const report = await judgeServer(await behindAnother(await start("off"), "/agents/a"), ample);
    expect(findings(report)).toEqual([]);
    expect(report.outcome).toBe("conforms");
  });

  it("passes with another skill and its input", async () => {
    const report = await judgeServer(await start("off"), { ...ample, skill: "sum", input: { a: 1, b: 2 } });
    expect(findings(report)).toEqual([]);
    expect(report.cases.find(({ id }) => id === "task.echo")?.reason).toBe("the skill under test is sum, not echo");
  });

  it("passes with the token it asks for, which goes with every upgrade and into no report", async () => {
    const token = "tok-5ecret";
    const sender = "urn:asap:agent:judge";
    const auth = { validateToken: (given: string) => (given === token ? sender : null) };
    const report = await judgeServer(await start("off", { auth }), { ...ample, token, sender });
    expect(findings(report)).toEqual([]);
    expect(report.cases.filter(({ area, outcome }) => area === "acks" && outcome === "pass").length).toBeGreaterThan(
      25,
    );
    expect(renderJson(report)).not.toContain(token);
  });

  it("passes under its default rate limit, which the suite waits out", async () => {
    const waits: number[] = [];
    const report = await judgeServer(await start(), {
      ...ample,
      only: ["replay", "idempotency", "limits"],
      onWait: (waitMs) => waits.push(waitMs),
    });
    expect(waits.reduce((sum, waitMs) => sum + waitMs, 0)).toBeCloseTo(report.waitedMs, -1);
    expect(findings(report)).toEqual([]);
    expect(report.waitedMs).toBeGreaterThan(0);
    expect(report.notes.join()).toMatch(/waited \d+ s for the agent's rate limit/);
    const limits = report.cases.filter(({ id }) => /^limits\.(form|retry-after|other-routes)$/.test(id));
    expect(limits.map(({ outcome }) => outcome)).toEqual(["pass", "pass", "pass"]);
  });

  it.each([
    [900, "The agent's clock is 900 s behind ours; times are made by its clock."],
    [-900, "The agent's clock is 900 s ahead of ours; times are made by its clock."],
  ])("passes by its own clock when ours is %i s ahead", async (seconds, note) => {
    const report = await judgeServer(await start("off"), {
      ...ample,
      only: ["replay", "task.echo"],
      now: () => Date.now() + seconds * 1000,
    });
    expect(findings(report)).toEqual([]);
    expect(report.notes).toEqual([note]);
  });

  it("is judged by our clock when its times are hours away", async () => {
    const report = await judgeServer(await start("off"), {
      ...ample,
      only: ["task.echo"],
      now: () => Date.now() - 7_200_000,
    });
    expect(report.notes).toEqual(["The agent's clock is 7200 s ahead of ours; times are made by ours."]);
  });

  it("is sent something to watch when only watching cases are chosen", async () => {
    const report = await judgeServer(await start("off"), { ...ample, only: ["errors.message", "errors.faults-form"] });
    expect(report.cases.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
      "errors.message pass",
      "errors.faults-form pass",
    ]);
  });

  it("shows its rate limit to a burst that was asked for", async () => {
    const report = await judgeServer(await start("100/minute"), { ...ample, only: ["limits.burst"], burst: true });
    expect(report.cases.map(({ outcome }) => outcome)).toEqual(["pass"]);
  });
});

/** Puts an HTTP server in front of an agent that serves it under a path, in chunks, a connection for each answer. */
async function behindAnother(agentUrl: string, base: string): Promise<string> {
  const front = createServer((incoming, outgoing) => {
    const { method, url = "/", headers } = incoming;
    if (!url.startsWith(`${base}/`)) return void outgoing.writeHead(404).end("elsewhere");
    const path = url.slice(base.length);
    const onward = request(agentUrl, { method, path, headers, agent: false }, (answer) => {
      const framing = ["content-length", "connection", "keep-alive", "transfer-encoding", "vary"];
      const kept = Object.entries(answer.headers).filter(([name]) => !framing.includes(name));
      const own = Object.fromEntries(kept.map(([name, value]) => [name.toUpperCase(), value]));
      const more = { Connection: "close", "Set-Cookie": ["a=1", "b=2"], Vary: "Origin", Link: "</>; rel=preload" };
      outgoing.writeHead(answer.statusCode ?? 0, { ...own, ...more });
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.headersSent || outgoing.destroy());
    incoming.pipe(onward);
  });
  front.on("upgrade", (incoming, socket, early) => {
    const path = incoming.url?.startsWith(`${base}/`) ? incoming.url.slice(base.length) : "/elsewhere";
    tunnel(new URL(agentUrl), path, incoming, socket, early);
  });
  await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
  const { port } = front.address() as AddressInfo;
  servers.push({ close: () => new Promise((resolve) => front.close(() => resolve())) });
  return `http://127.0.0.1:${port}${base}`;
}

describe("reports of a run", () => {
  it("tell a finding by its rule, what was sent, what came back and how to send it again", async () => {
    const mutant = mutants.find(({ name }) => name === "-32603 for a bad envelope");
    const wrapped = await wrap(await start("off"), mutant ?? { name: "", killedBy: "" });
    const report = await judgeServer(wrapped.url, { ...ample, only: ["envelope.sender.upper-case"] });
    const [result] = report.cases;
    expect(result?.rules.map(({ id, text }) => `${id} ${text}`)).toContain(
      "RPC-011 A bad URN or a missing correlation_id MUST be answered -32602, not -32603.",
    );
    expect(result?.exchanges?.at(-1)?.sent).toContain('"sender":"urn:asap:agent:Echo"');
    expect(result?.exchanges?.at(-1)?.received).toContain('"code":-32603');
    const again = await new Promise<string>((resolve) => {
      execFile("sh", ["-c", result?.replay ?? "false"], (_, stdout) => resolve(stdout));
    });
    await wrapped.close();
    expect(again).toContain("HTTP/1.1 200");
    expect(again).toContain('"code":-32603');
    const text = renderText(report);
    for (const part of [
      "FAIL  envelope.sender.upper-case",
      "rule      RPC-011",
      "expected  the JSON-RPC error -32602",
      "again     curl",
    ]) {
      expect(text).toContain(part);
    }
    expect(text).toMatch(/FINDINGS: 1 of 1 cases? run: 0 pass, 1 fail/);
  });

  it("show what went over a WebSocket", async () => {
    const mutant = mutants.find(({ name }) => name === "no ack");
    const wrapped = await wrap(await start("off"), mutant ?? { name: "", killedBy: "" });
    const report = await judgeServer(wrapped.url, { ...ample, only: ["acks.sent"] });
    await wrapped.close();
    const frames = report.cases[0]?.exchanges?.at(-1)?.frames?.map(({ direction, kind }) => `${direction} ${kind}`);
    expect(frames).toEqual(["sent text", "received text", "sent close", "received close"]);
    expect(report.cases[0]?.exchanges?.at(-1)?.status).toBe(101);
    expect(report.cases[0]?.replay).toMatch(
      /^printf .* \| websocat -n --linemode-strip-newlines 'ws:\/\/127\.0\.0\.1:\d+\/asap\/ws'$/,
    );
    const text = renderText(report);
    expect(text).toMatch(/ {2}frames {4}-> \d+ ms text: \{"jsonrpc":"2\.0","method":"asap\.send"/);
    expect(text).toMatch(/<- \d+ ms text: \{"jsonrpc":"2\.0","result"/);
    expect(text).toMatch(/<- \d+ ms close: 1000/);
  });

  it("are stable JSON", async () => {
    const report = await judgeServer(await start("off"), { ...ample, only: ["health", "HTTP-007", "task.spelling.*"] });
    const read = JSON.parse(renderJson(report));
    expect(read).toEqual(report);
    expect(read).toMatchObject({
      schemaVersion: 1,
      suite: { name: "asap-kit", protocol: "1.1.0", specHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(new Set(report.cases.map(({ area }) => area))).toEqual(new Set(["health", "http", "task"]));
  });
});
