import { afterEach, describe, expect, it } from "vitest";
import { echo } from "../runtime/cli/echo-agent.js";
import { createAgent } from "../runtime/index.js";
import { type Server, serve } from "../runtime/node.js";
import { webhooks } from "../runtime/webhooks.js";
import { taskDocument } from "./documents.js";
import { cases, exitCode, judgeServer, renderText } from "./index.js";
import { brokenIn } from "./mutants/judge-guarded.js";
import { judgePosting, webhookCases } from "./mutants/judge-posting.js";
import { telling } from "./mutants/posting.js";
import { missingOf } from "./prerequisites.js";
import { sampleContext } from "./sample-context.js";
import type { Exchange } from "./wire.js";

const loopback = cases.filter(({ id }) => id.startsWith("webhooks.address.loopback"));

const closing: Pick<Server, "close">[] = [];
afterEach(() => Promise.all(closing.splice(0).map((one) => one.close())));

const posting = webhooks({ egress: { allowLoopback: true } });

async function start(options?: Parameters<typeof webhooks>[0]): Promise<string> {
  const own = options === undefined ? {} : { webhooks: webhooks(options) };
  const server = await serve(createAgent({ id: "urn:asap:agent:one", skills: { echo }, ...own }), {
    port: 0,
    rateLimit: "off",
  });
  closing.push(server);
  return server.url;
}

describe("our own agent", () => {
  it("passes every case on webhooks, but those on what it must reach for the suite", async () => {
    const report = await judgePosting({ name: "", killedBy: [] }, { only: webhookCases });
    expect(report.reason).toBeUndefined();
    expect(brokenIn(report)).toEqual([]);
    expect(exitCode(report, { strict: true })).toBe(0);
    const others = report.cases.filter(({ outcome }) => outcome === "not-applicable").map(({ id }) => id);
    expect(others).toEqual(loopback.map(({ id }) => id));
    expect(report.notes).toEqual([]);
  });

  it("waits twice as long before each further attempt", async () => {
    const report = await judgePosting({ name: "", killedBy: [] }, { retries: 2, only: ["webhooks.retry.wait"] });
    expect(brokenIn(report)).toEqual([]);
  });

  it("is not judged on webhooks where it posts none, or the suite has no place to receive them", async () => {
    const none = await judgeServer(await start(), { only: ["webhooks"], callbackHost: "127.0.0.1" });
    expect(none.counts).toMatchObject({ notApplicable: webhookCases.length });
    expect(none.cases[0]?.reason).toMatch(/does not name webhooks\.push/);
    expect(none.notes).toEqual([]);
    const nowhere = await judgeServer(await start({}), { only: ["webhooks"] });
    expect(nowhere.counts).toMatchObject({ notApplicable: webhookCases.length });
    expect(renderText(nowhere)).toMatch(/^note: \d+ cases on webhooks were left out: no host was given/m);
  });

  it("is not judged where it may not reach the suite, or the suite cannot listen", async () => {
    const report = await judgeServer(await start({}), { callbackHost: "localhost" });
    expect(report.outcome).toBe("could-not-run");
    expect(report.reason).toMatch(/^the agent refuses webhooks to the suite's receiver http:\/\/localhost:\d+;/);
    expect(exitCode(report)).toBe(2);
    const elsewhere = await judgeServer(await start({}), { callbackHost: "203.0.113.7" });
    expect(elsewhere.reason).toBe("the receiver of webhooks cannot listen on 203.0.113.7, port 0");
  });
});

describe("a finding about webhooks", () => {
  it("shows what arrived", async () => {
    const mutant = telling.find(({ name }) => name === "ends bodies with a line feed");
    const report = await judgePosting(mutant ?? { name: "", killedBy: [] }, { only: ["webhooks.body.canonical"] });
    const [result] = report.cases;
    expect(result?.exchanges?.at(-1)?.arrived?.map(({ method, path }) => [method, path])).toEqual([
      ["POST", ""],
      ["POST", ""],
    ]);
    expect(result?.replay).toMatch(/^# the callback is there for this run alone/);
    const text = renderText(report);
    expect(text).toContain("the character U+000a, not escaped");
    expect(text).toMatch(
      /arrived +0 ms POST the callback content-type: application\/json, webhook-id: msg_\S+, x-asap/,
    );
  });

  it("is none of the rate where the agent has a limit of its own", async () => {
    const server = await serve(createAgent({ id: "urn:asap:agent:one", skills: { echo }, webhooks: posting }), {
      port: 0,
      rateLimit: "50/minute",
    });
    closing.push(server);
    const report = await judgeServer(server.url, { only: ["webhooks.rate"], callbackHost: "127.0.0.1" });
    expect(report.cases[0]).toMatchObject({
      outcome: "not-applicable",
      reason: expect.stringMatching(/fewer than 120 tasks/),
    });
  });
});

describe("cases on webhooks", () => {
  it.each(loopback.map((one) => [one.id, one] as const))("%s tells a refusal from a task", (_, one) => {
    expect(missingOf(one, sampleContext)).toBeNull();
    const answer = (body: unknown): Exchange => ({
      request: { method: "POST", path: "/asap", document: taskDocument(sampleContext) },
      sent: Buffer.alloc(0),
      sentBytes: 0,
      response: { status: 200, reason: "OK", headers: [], body: Buffer.from(JSON.stringify(body)) },
      startedAt: 0,
      elapsedMs: 1,
    });
    const task = answer({ jsonrpc: "2.0", result: { envelope: { payload: { status: "completed" } } }, id: "1" });
    const refusal = answer({ jsonrpc: "2.0", error: { code: -32602, message: "Invalid params" }, id: "1" });
    expect(one.judge([task, refusal], sampleContext)).toEqual({ outcome: "pass" });
    expect(one.judge([task, task], sampleContext).outcome).toBe("fail");
  });

  it.each([
    { callbackPort: 9000 },
    { retries: 2 },
    { callbackHost: "a b" },
    { callbackHost: "127.0.0.1:9000" },
    { callbackHost: "127.0.0.1", callbackPort: 70_000 },
    { callbackHost: "127.0.0.1", retries: 5 },
  ])("refuse %j", async (options) => {
    await expect(judgeServer("http://127.0.0.1:1", options)).rejects.toThrow(/callback|retries|host/i);
  });
});
