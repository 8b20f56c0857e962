import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createEventStreamParser, pushOf, readFrames, type StreamEvent } from "./event-stream.js";

const url = "http://127.0.0.1:1";
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** What the parser makes of bytes, cut at the given places. */
function parsed(bytes: Uint8Array, cuts: readonly number[] = [], maxEventCharacters = 1_000): StreamEvent[] {
  const events: StreamEvent[] = [];
  const parser = createEventStreamParser({ url, maxEventCharacters }, (event) => events.push(event));
  const places = [0, ...cuts, bytes.length];
  for (let at = 1; at < places.length; at++) parser.push(bytes.subarray(places[at - 1], places[at]));
  return events;
}

/** The whole text read in one go, as the standard words it. */
function reference(text: string): StreamEvent[] {
  const events: StreamEvent[] = [];
  const whole = text.replace(/^\ufeff/, "");
  const lines = whole.split(/\r\n|\r|\n/).slice(0, -1);
  let [type, data] = ["", ""];
  for (const line of lines) {
    if (line === "") {
      if (data !== "") events.push({ type: type || "message", data: data.slice(0, -1) });
      [type, data] = ["", ""];
      continue;
    }
    const [, name, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (name === "data") data += `${value}\n`;
    if (name === "event") type = value;
  }
  return events;
}

const message = (data: string): StreamEvent => ({ type: "message", data });

describe("the parser of event streams", () => {
  test.each<[string, string, StreamEvent[]]>([
    ["LF", "data: a\n\ndata: b\n\n", [message("a"), message("b")]],
    ["CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", [message("a"), message("b")]],
    ["CR", "data: a\r\rdata: b\r\r", [message("a"), message("b")]],
    ["many lines of data", "data: a\ndata:b\ndata\ndata:  c\n\n", [message("a\nb\n\n c")]],
    ["comments", ": hello\n:\ndata: a\n: between\n\n: alive\n\n", [message("a")]],
    ["a byte order mark at the start only", "\ufeffdata: a\n\n\ufeffdata: b\n\n", [message("a")]],
    ["a type, for one event", "event: x\ndata: a\n\ndata: b\n\n", [{ type: "x", data: "a" }, message("b")]],
    ["an event without data", "event: x\n\ndata: b\n\n", [message("b")]],
    ["empty data", "data\n\n", [message("")]],
    ["ids, retries and strangers", "id: 1\nretry: 5\nfoo: bar\ndata: a\n\n", [message("a")]],
    ["an end without an empty line", "data: a\n", []],
    ["a colon in the value", 'data: {"a":1}\n\n', [message('{"a":1}')]],
  ])("knows %s", (_, text, events) => {
    expect(parsed(bytesOf(text))).toEqual(events);
    expect(reference(text)).toEqual(events);
  });

  test("gives the same events wherever the bytes are cut", () => {
    const piece = fc.constantFrom(
      "data: ",
      "data:",
      "data",
      "event: x",
      "id: 1",
      ":",
      " ",
      "é",
      "🙂",
      "\r\n",
      "\r",
      "\n",
      "\n\n",
      "\ufeff",
      "a",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.array(fc.nat(120), { maxLength: 8 }), (pieces, places) => {
        const text = pieces.join("");
        const bytes = bytesOf(text);
        const expected = reference(text);
        const cuts = places.map((place) => Math.min(place, bytes.length)).sort((a, b) => a - b);
        expect(parsed(bytes)).toEqual(expected);
        expect(parsed(bytes, cuts)).toEqual(expected);
        expect(parsed(bytes, [...bytes.keys()].slice(1))).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  test("refuses an event over the limit, finished or not, in one line or many", () => {
    const refused = expect.objectContaining({ code: "asap:transport/invalid_response" });
    expect(parsed(bytesOf(`data:${"x".repeat(15)}\n\n`.repeat(3)), [], 20)).toHaveLength(3);
    expect(() => parsed(bytesOf(`data:${"x".repeat(16)}\n\n`), [], 20)).toThrow(refused);
    expect(() => parsed(bytesOf(`data:${"x".repeat(16)}`), [10], 20)).toThrow(refused);
    expect(() => parsed(bytesOf("data:x\n".repeat(4)), [], 20)).toThrow(refused);
    expect(() => parsed(bytesOf(":comment\n".repeat(4)), [], 20)).toThrow(refused);
  });

  test("refuses bytes that are not UTF-8", () => {
    expect(() => parsed(new Uint8Array([0x64, 0xff]))).toThrow(
      expect.objectContaining({ code: "asap:transport/invalid_response", data: { url, reason: "not UTF-8" } }),
    );
  });
});

describe("pushOf()", () => {
  test("knows a response that answers no request", () => {
    expect(pushOf({ jsonrpc: "2.0", result: { envelope: 1 }, id: null })).toEqual({ envelope: 1 });
    expect(pushOf({ jsonrpc: "2.0", result: { envelope: 1 } })).toEqual({ envelope: 1 });
  });

  test.each([
    null,
    1,
    [],
    {},
    { id: null },
    { id: null, result: null },
    { id: null, result: {} },
    { id: "r", result: { envelope: {} } },
  ])("does not take %j for one", (frame) => {
    expect(pushOf(frame)).toBeUndefined();
  });
});

describe("readFrames()", () => {
  const push = (n: number) => `data: {"jsonrpc":"2.0","result":{"envelope":${n}},"id":null}\n\n`;
  const answer = 'data: {"jsonrpc":"2.0","result":{},"id":"req-1"}\n\n';

  function streamOf(chunks: readonly string[], end: "close" | "error" | "open" = "close") {
    const state = { cancelled: false };
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(bytesOf(chunk));
        if (end === "close") controller.close();
        if (end === "error") queueMicrotask(() => controller.error(new Error("gone")));
      },
      cancel() {
        state.cancelled = true;
      },
    });
    return { body, state };
  }
  const never = new AbortController().signal;
  const read = (body: ReadableStream<Uint8Array> | null, updates: unknown[] = [], signal = never) =>
    readFrames(body, { url, maxEventCharacters: 1_000, onUpdate: (envelope) => updates.push(envelope), signal });

  test("hands over pushes and gives the response, and lets go of what follows", async () => {
    const { body, state } = streamOf([push(1) + push(2), `event: other\ndata: no JSON\n\n${answer}${push(3)}`], "open");
    const updates: unknown[] = [];
    expect(await read(body, updates)).toEqual({ jsonrpc: "2.0", result: {}, id: "req-1" });
    expect(updates).toEqual([1, 2]);
    expect(state.cancelled).toBe(true);
  });

  test.each(["close", "error"] as const)("fails as a broken connection without a response (%s)", async (end) => {
    await expect(read(streamOf(end === "close" ? [push(1)] : [], end).body)).rejects.toMatchObject({
      code: "asap:transport/connection_failed",
      data: { url },
    });
  });

  test("fails as a broken connection without a body", async () => {
    await expect(read(null)).rejects.toMatchObject({ code: "asap:transport/connection_failed" });
  });

  test("refuses an event that is not JSON, and lets go of the stream", async () => {
    const { body, state } = streamOf(["data: {\n\n"], "open");
    await expect(read(body)).rejects.toMatchObject({ code: "asap:transport/invalid_response" });
    expect(state.cancelled).toBe(true);
  });

  test("ends with the signal's reason and lets go of the stream", async () => {
    const { body, state } = streamOf([push(1)], "open");
    const controller = new AbortController();
    const updates: unknown[] = [];
    const reading = read(body, updates, controller.signal);
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort("enough");
    await expect(reading).rejects.toMatchObject({ code: "asap:transport/aborted", cause: "enough" });
    expect([updates, state.cancelled]).toEqual([[1], true]);
  });
});
