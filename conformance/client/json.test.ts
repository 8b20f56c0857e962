import { describe, expect, test } from "vitest";
import { routes } from "../../generated/routes.js";
import { opcodes, type WireFrame } from "../socket-frames.js";
import { clientCases } from "./cases.js";
import { idOf, readJson, writeJson } from "./json.js";
import type { Received } from "./session.js";

const large = ["7263845012345678901", "7263845012345678902"];
const textOf = (id: string) =>
  `{"jsonrpc":"2.0","method":"asap.send","params":{"envelope":{"id":"e${id.replaceAll('"', "")}"}},"id":${id}}`;

const request = (changes: Partial<Received>): Received => ({
  at: 0,
  method: "POST",
  target: routes.rpc.path,
  headers: [],
  body: Buffer.alloc(0),
  text: "",
  document: undefined,
  connection: 0,
  atMs: 0,
  clockMs: 0,
  ...changes,
});
const frame = (text: string): WireFrame => ({
  direction: "received",
  opcode: opcodes.text,
  fin: true,
  rsv: 0,
  masked: true,
  data: Buffer.from(text),
  bytes: text.length,
  atMs: 0,
});
const judged = (id: string, requests: readonly Received[]) =>
  clientCases
    .find((one) => one.id === id)
    ?.judge({
      url: "http://127.0.0.1:1",
      requests,
      posted: [],
      env: {},
      end: { code: 0, signal: null, timedOut: false, leftBehind: false, elapsedMs: 1, output: "" },
    });
const upgrade = (texts: readonly string[]) =>
  request({
    method: "GET",
    target: routes.websocket.path,
    headers: [["Upgrade", "websocket"]],
    frames: texts.map(frame),
  });

describe("an id", () => {
  test.each([...large, `-${large[0]}`, "1", '"a"', "null", "1.5"])("of %s is written as it was read", (id) => {
    expect(writeJson({ id: idOf(readJson(textOf(id))) })).toBe(`{"id":${id}}`);
  });

  test("is undefined where there is none", () => {
    for (const text of ["{}", "[]", "7", "{"]) expect(idOf(readJson(text))).toBeUndefined();
  });
});

describe("ids that are too large for a number and differ in their last digit", () => {
  test("are two over HTTP", () => {
    const requests = (texts: readonly string[]) => texts.map((text, at) => request({ at, document: readJson(text) }));
    expect(judged("client.send-twice.rpc-ids", requests(large.map(textOf)))).toEqual({ outcome: "pass" });
    const same = [large[0], large[0]].map((id) => textOf(String(id)));
    expect(judged("client.send-twice.rpc-ids", requests(same))).toMatchObject({
      found: expect.stringContaining(large[0] ?? ""),
    });
  });

  test("are two over a WebSocket", () => {
    expect(judged("client.socket-reuse.rpc-ids", [upgrade(large.map(textOf))])).toEqual({ outcome: "pass" });
  });

  test("are two for an envelope that is sent again", () => {
    const again = large.map((id) => textOf(id).replace(/"e\d+"/, '"e"'));
    expect(judged("client.ack-missing.rpc-id", [upgrade(again)])).toEqual({ outcome: "pass" });
  });
});
