import { describe, expect, it } from "vitest";
import type { Case } from "../case.js";
import { sampleContext } from "../sample-context.js";
import { closeData, opcodes, type WireFrame } from "../socket-frames.js";
import type { Exchange, WireFailure } from "../wire.js";
import { addressCases } from "./webhook-addresses.js";
import { websocketCases } from "./websocket.js";
import { frameCases } from "./websocket-frames.js";

const outcome = (cases: readonly Case[], id: string, exchanges: readonly Exchange[]) =>
  cases.find((one) => one.id === id)?.judge(exchanges, sampleContext).outcome;

const exchange = (rest: Partial<Exchange>): Exchange => ({
  request: { method: "POST", path: "/asap" },
  sent: Buffer.alloc(0),
  sentBytes: 0,
  startedAt: 0,
  elapsedMs: 1,
  ...rest,
});
const result = (id: unknown) => ({ jsonrpc: "2.0", result: { envelope: { payload: {} } }, id });
const refusal = (id: unknown, code = -32600) => ({ jsonrpc: "2.0", error: { code, message: "no" }, id });

describe("a callback that may not be reached", () => {
  const over = (answer: unknown) =>
    exchange({ response: { status: 200, reason: "OK", headers: [], body: Buffer.from(JSON.stringify(answer)) } });
  const ids = ["webhooks.address.metadata", "webhooks.config.malformed.url.ftp"];

  it.each(ids)("may be refused with any code, and not be taken: %s", (id) => {
    expect(outcome(addressCases, id, [over(result(1)), over(refusal(2, -32603))])).toBe("pass");
    expect(outcome(addressCases, id, [over(result(1)), over(result(2))])).toBe("fail");
  });
});

/** A conversation in which the agent sent some messages, and closed where a code is given. */
function talked(messages: readonly unknown[], code?: number, failure?: WireFailure): Exchange {
  const frame = { direction: "received", fin: true, rsv: 0, masked: false, atMs: 1 } as const;
  const texts = messages.map((message) => ({ opcode: opcodes.text, data: Buffer.from(JSON.stringify(message)) }));
  const closed = code === undefined ? [] : [{ opcode: opcodes.close, data: closeData(code) }];
  const frames: WireFrame[] = [...texts, ...closed].map((one) => ({ ...frame, ...one, bytes: one.data.length }));
  const response = { status: 101, reason: "", headers: [], body: Buffer.alloc(0) };
  return exchange({ response, frames, ...(failure === undefined ? {} : { failure }) });
}
const silence: WireFailure = { kind: "timeout", message: "waited 8000 ms for a close frame" };

describe("a binary frame", () => {
  const judge = (...args: Parameters<typeof talked>) =>
    outcome(websocketCases, "websocket.binary.request", [talked(...args)]);

  it("may be met with any close code, with an error before it, or with the end of the connection alone", () => {
    expect(judge([result("first")], 1011)).toBe("pass");
    expect(judge([result("first"), refusal(null)], 1003)).toBe("pass");
    expect(judge([result("first")])).toBe("pass");
  });

  it("must not be passed over, and not be carried out", () => {
    expect(judge([result("first")], undefined, silence)).toBe("fail");
    expect(judge([result("first"), result("binary")], 1003)).toBe("fail");
  });
});

describe("a message that is too large", () => {
  it.each(["over", "declared", "over-in-fragments"])("may be answered under its id or under none: %s", (name) => {
    const judge = (...args: Parameters<typeof talked>) =>
      outcome(frameCases, `websocket.size.${name}`, [talked(...args)]);
    expect(judge([result("first"), refusal(null)])).toBe("pass");
    expect(judge([result("first"), refusal("large")], 1009)).toBe("pass");
    expect(judge([result("first")], undefined, silence)).toBe("fail");
    expect(judge([result("first"), result("large")])).toBe("fail");
    expect(judge([result("first")], 1009)).toBe(name === "over" ? "fail" : "pass");
  });
});
