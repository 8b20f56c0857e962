import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { clientCases } from "./cases.js";
import { scenarios } from "./scenarios/index.js";
import type { Received, Session } from "./session.js";

const file = new URL("../../spec/requirements.json", import.meta.url);
const { requirements } = JSON.parse(readFileSync(file, "utf8")) as { requirements: { id: string; level: string }[] };
const levels = new Map(requirements.map(({ id, level }) => [id, level]));
const end = { code: 0, signal: null, timedOut: false, leftBehind: false, elapsedMs: 10, output: "" };
const silent: Session = { url: "http://127.0.0.1:1", requests: [], posted: [], env: {}, end };
const nonsense: Received = {
  at: 0,
  method: "POST",
  target: "/",
  headers: [],
  body: Buffer.from("{}"),
  text: "{}",
  document: {},
  connection: 0,
  atMs: 1,
  clockMs: 1,
};

describe("scenarios", () => {
  it("have names of their own, and say in one paragraph what to do and when to end", () => {
    const names = scenarios.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, summary } of scenarios) {
      expect(name).toMatch(/^[a-z]+(-[a-z0-9]+)*$/);
      expect(summary, name).toMatch(/Exit 0/);
      expect(summary, name).not.toMatch(/[|\n]/);
    }
  });
});

describe("cases for clients", () => {
  it("have ids of their own", () => {
    const ids = clientCases.map(({ id }) => id);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    expect(ids.filter((id) => !/^client\.[a-z0-9-]+\.[a-z0-9-]+$/.test(id))).toEqual([]);
  });

  it("each stand for requirements that exist, and are never stricter than the strictest of them", () => {
    for (const { id, level, requirements: own } of clientCases) {
      expect(own, id).not.toEqual([]);
      expect(
        own.filter((one) => !levels.has(one)),
        id,
      ).toEqual([]);
      if (level === "MUST")
        expect(
          own.map((one) => levels.get(one)),
          id,
        ).toContain("MUST");
    }
  });

  it("fail when the client sends nothing", () => {
    for (const { id, judge } of clientCases) {
      expect(judge(silent).outcome, id).toBe("fail");
      expect(judge(silent), id).toEqual(judge(silent));
    }
  });

  it("fail when the client posts what is no message, wherever that is", () => {
    const body = Buffer.from("garbage");
    for (const target of ["/asap", "/", "/agents/one/asap"]) {
      const request: Received = { ...nonsense, target, body, text: "garbage", document: undefined };
      for (const { id, judge } of clientCases) {
        expect(judge({ ...silent, requests: [request, { ...request, at: 1 }] }).outcome, id).toBe("fail");
      }
    }
  });

  it("fail when the client sends more than is kept", () => {
    for (const { judge } of clientCases)
      expect(judge({ ...silent, tooMuch: "2001 requests" })).toMatchObject({ outcome: "fail", found: "2001 requests" });
  });

  it("never throw, whatever the client sends", () => {
    const odd = [{}, [], null, 7, "x", { params: [] }, { jsonrpc: "2.0", params: { envelope: { payload: [] } } }];
    for (const document of odd) {
      for (const target of ["/asap", "/", "/.well-known/asap/manifest.json"]) {
        const session = { ...silent, requests: [{ ...nonsense, document, target }] };
        for (const { judge } of clientCases) expect(judge(session)).toEqual(judge(session));
      }
    }
  });
});
