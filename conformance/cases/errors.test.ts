import { describe, expect, it } from "vitest";
import { sampleContext } from "../sample-context.js";
import type { Exchange } from "../wire.js";
import { cases } from "./index.js";

/** An exchange with an answer of JSON-RPC. */
function answered(error: unknown, { status = 200, sent = "" } = {}): Exchange {
  const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", error, id: null }));
  return {
    request: { method: "POST", path: "/asap" },
    sent: Buffer.from(sent),
    sentBytes: sent.length,
    startedAt: 0,
    elapsedMs: 1,
    response: { status, reason: "", headers: [["Content-Type", "application/json"]], body },
  };
}

const outcome = (id: string, exchange: Exchange) =>
  cases.find((one) => one.id === id)?.judge([exchange], sampleContext).outcome;

describe("errors.no-leak", () => {
  const told = (...urls: string[]) => ({ code: -32602, message: "Invalid params", data: { details: { urls } } });
  const sent = 'POST /asap HTTP/1.1\r\n\r\n{"callback_url":"file:///tmp/hook"}';

  it("passes over what the request itself holds", () => {
    expect(outcome("errors.no-leak", answered(told("file:///tmp/hook"), { sent }))).toBe("pass");
  });

  it("sees a path of the agent's own, also beside one that was sent", () => {
    expect(outcome("errors.no-leak", answered(told("file:///srv/agent.py")))).toBe("fail");
    expect(outcome("errors.no-leak", answered(told("file:///tmp/hook", "file:///srv/agent.py"), { sent }))).toBe(
      "fail",
    );
  });
});

describe("errors.no-server-error", () => {
  it("takes 503 for an agent that has too much to do, and no other", () => {
    const status = (status: number) => outcome("errors.no-server-error", answered({}, { status }));
    expect([status(503), status(500), status(501)]).toEqual(["pass", "fail", "fail"]);
  });
});
