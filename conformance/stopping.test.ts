import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createEchoAgent } from "../runtime/cli/echo-agent.js";
import { serve } from "../runtime/node.js";
import { talk } from "./conversation.js";
import { exitCode, judgeServer } from "./index.js";
import { sampleContext } from "./sample-context.js";
import { createWire } from "./wire.js";

vi.setConfig({ testTimeout: 60_000 });
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function listen(onRequest: () => void): Promise<string> {
  const server: Server = createServer(() => onRequest());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ends.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function echo(): Promise<string> {
  const server = await serve(createEchoAgent(), { port: 0, rateLimit: "off" });
  ends.push(() => server.close());
  return server.url;
}

describe("a run that is stopped", () => {
  it("finds nothing wrong with what it did not see, in a watch or in a request under way", async () => {
    const stop = new AbortController();
    const report = await judgeServer(await echo(), {
      only: ["errors", "jsonrpc", "websocket.answer.*"],
      signal: stop.signal,
      onCase: (_, done) => done === 40 && stop.abort(),
    });
    expect(report).toMatchObject({ outcome: "could-not-run", reason: "the run was stopped" });
    expect(report.cases.filter(({ outcome }) => outcome === "fail" || outcome === "warn")).toEqual([]);
  });

  it("gives no verdict where only what the watches need was left", async () => {
    const stop = new AbortController();
    const report = await judgeServer(await echo(), {
      only: ["health.served", "errors.no-server-error"],
      signal: stop.signal,
      onCase: (_, done) => done === 1 && stop.abort(),
    });
    expect(report.cases.map(({ outcome }) => outcome).toSorted()).toEqual(["error", "pass"]);
    expect(exitCode(report)).toBe(2);
  });

  it("says so where it was stopped before the cases", async () => {
    const stop = new AbortController();
    const url = await listen(() => stop.abort());
    const { signal } = stop;
    expect((await judgeServer(url, { signal })).reason).toBe("the run was stopped");
    const again = new AbortController();
    const other = await listen(() => again.abort());
    const report = await judgeServer(other, { signal: again.signal, issuerPort: await freePort() });
    expect(report.reason).toBe("the run was stopped");
  });
});

describe("exchange() after a stop", () => {
  it("sends nothing", async () => {
    let asked = 0;
    const url = await listen(() => {
      asked += 1;
    });
    const wire = createWire(url, { timeoutMs: 300, maxResponseBytes: 1000, headers: {}, now: Date.now });
    const stopped = AbortSignal.abort();
    for (const request of [{ method: "GET", path: "/" }, talk(sampleContext, [])]) {
      const exchange = await wire.exchange(request, stopped);
      expect(exchange.failure).toEqual({ kind: "not-sent", message: "the run was stopped" });
    }
    wire.close();
    expect(asked).toBe(0);
  });
});
