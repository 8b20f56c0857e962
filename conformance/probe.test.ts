import { describe, expect, it, vi } from "vitest";
import { createEchoAgent } from "../runtime/cli/echo-agent.js";
import { serve } from "../runtime/node.js";
import { judgeServer } from "./index.js";
import { wrap } from "./mutants/wrap.js";
import { settingsOf } from "./options.js";
import { probe } from "./probe.js";
import { sampleContext } from "./sample-context.js";
import type { Exchange, WireRequest } from "./wire.js";

vi.setConfig({ testTimeout: 60_000 });

/** Our time when an answer is whole. */
const ours = Date.UTC(2026, 0, 2, 3, 4, 5, 0);

/** An answer that says a time, and is whole so many milliseconds after {@link ours}. */
const saying =
  (timestamp: string, ms: number) =>
  async (request: WireRequest): Promise<Exchange> => {
    const body = JSON.stringify({ jsonrpc: "2.0", result: { envelope: { timestamp, payload: {} } }, id: 1 });
    const response = { status: 200, reason: "OK", headers: [], body: Buffer.from(body) };
    return { request, sent: Buffer.alloc(0), sentBytes: 0, response, startedAt: ours + ms - 20, elapsedMs: 20 };
  };
const aheadMs = async (timestamp: string, ms: number) =>
  (await probe(saying(timestamp, ms), sampleContext, settingsOf({}))).clockAheadMs;

describe("probe()", () => {
  it.each([0, 20, 499, 501, 750, 999, 1001])(
    "takes a time in whole seconds that is %i ms old for that of a right clock",
    async (ms) => {
      expect(await aheadMs("2026-01-02T03:04:05Z", ms)).toBe(0);
      expect(await aheadMs("2026-01-02T04:04:05+01:00", ms)).toBe(0);
    },
  );

  it("goes by a clock that is seconds off", async () => {
    expect(await aheadMs("2026-01-02T03:04:12Z", 500)).toBe(7000);
    expect(await aheadMs("2026-01-02T03:04:12.250Z", 0)).toBe(7250);
    expect(await aheadMs("2026-01-02T03:04:05.000Z", 499)).toBe(0);
    expect(await aheadMs("2026-01-02T03:04:05.000Z", 501)).toBe(-501);
  });
});

describe("judgeServer() of an agent whose rate limit is used up", () => {
  it("waits before it asks for the first task", async () => {
    const server = await serve(createEchoAgent(), { port: 0, rateLimit: "off" });
    let posts = 0;
    const limited = await wrap(server.url, {
      name: "limited",
      killedBy: "",
      answer: (answered, { method }) => {
        posts += method === "POST" ? 1 : 0;
        return posts === 1 && method === "POST"
          ? { status: 429, headers: { "retry-after": "1" }, body: Buffer.alloc(0) }
          : answered;
      },
    });
    const report = await judgeServer(limited.url, { only: ["task.echo"] });
    await Promise.all([limited.close(), server.close()]);
    expect(report.outcome).toBe("conforms");
    expect(report.notes.filter((note) => /skill/.test(note))).toEqual([]);
    expect(report.waitedMs).toBeGreaterThan(0);
  });
});
