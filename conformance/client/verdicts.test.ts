import { afterEach, describe, expect, test } from "vitest";
import { routes } from "../../generated/routes.js";
import { closeData, opcodes, type WireFrame } from "../socket-frames.js";
import { clientCases } from "./cases.js";
import { asapSignature } from "./delivering.js";
import type { Posted, Received, Session } from "./session.js";

const end = { code: 0, signal: null, timedOut: false, leftBehind: false, elapsedMs: 10_000, output: "" };
const token = "conformance.token~A-z_09+/==";

const asked = (changes: Partial<Received> = {}): Received => ({
  at: 0,
  method: "GET",
  target: routes.manifest.path,
  headers: [],
  body: Buffer.alloc(0),
  text: "",
  document: undefined,
  connection: 0,
  atMs: 0,
  clockMs: Date.parse("2026-01-31T12:00:05Z"),
  ...changes,
});

const requestOf = (envelope: object, id: unknown = "1") => ({
  jsonrpc: "2.0",
  method: "asap.send",
  params: { envelope, idempotency_key: "key" },
  id,
});
const posted = (document: unknown, changes: Partial<Received> = {}): Received =>
  asked({ method: "POST", target: routes.rpc.path, document, text: JSON.stringify(document), ...changes });

const frame = (data: string | Buffer, changes: Partial<WireFrame> = {}): WireFrame => {
  const bytes = Buffer.from(data);
  const base = { opcode: opcodes.text, fin: true, rsv: 0, masked: true, atMs: 0 };
  return { direction: "received", ...base, data: bytes, bytes: bytes.length, ...changes };
};
const upgrade = (frames: readonly WireFrame[], headers: Received["headers"] = []): Received =>
  asked({ target: routes.websocket.path, headers: [["Upgrade", "websocket"], ...headers], frames });

const judged = (id: string, requests: readonly Received[], more: Partial<Session> = {}) => {
  const one = clientCases.find((known) => known.id === id);
  if (one === undefined) throw new RangeError(`no case is called ${id}`);
  const numbered = requests.map((request, at) => ({ ...request, at }));
  return one.judge({ url: "http://127.0.0.1:1", posted: [], env: {}, end, ...more, requests: numbered });
};
const passes = { outcome: "pass" };

describe("the time of an envelope", () => {
  const zone = process.env.TZ;
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });
  const fresh = (timestamp: unknown) => judged("client.send.fresh", [posted(requestOf({ id: "01", timestamp }))]);

  test.each(["America/New_York", "Asia/Tokyo"])("is in UTC where it names no offset, also in %s", (name) => {
    process.env.TZ = name;
    const times = ["2026-01-31T12:00:00", "2026-01-31 12:00:00.5", "2026-01-31t12:00:00z", "2026-01-31T13:00:00+01:00"];
    expect(times.map(fresh)).toEqual(times.map(() => passes));
    expect(fresh("2026-01-31T11:00:00")).toMatchObject({ outcome: "fail", found: "2026-01-31T11:00:00, 3605 s old" });
    expect(fresh(7)).toMatchObject({ outcome: "fail", found: "timestamp is 7" });
  });
});

describe("what is sent again", () => {
  const first = { id: "01", sender: "urn:asap:agent:a", extensions: { nonce: { a: 1, b: 2 } } };
  const again = { extensions: { nonce: { b: 2, a: 1 } }, sender: "urn:asap:agent:a", id: "01" };

  test("may have its members in another order", () => {
    const attempts = [posted(requestOf(first)), posted(requestOf(again))];
    expect(judged("client.retry-reset.same-envelope", attempts)).toEqual(passes);
    const frames = [first, again].map((envelope, id) => frame(JSON.stringify(requestOf(envelope, id))));
    expect(judged("client.ack-missing.same-envelope", [upgrade(frames)])).toEqual(passes);
    expect(judged("client.ack-missing.same-id", [upgrade(frames)])).toEqual(passes);
  });

  test("may not have other members", () => {
    const attempts = [posted(requestOf(first)), posted(requestOf({ ...first, trace_id: "t" }))];
    expect(judged("client.retry-reset.same-envelope", attempts)).toMatchObject({ outcome: "fail" });
  });
});

describe("an application ping", () => {
  const message = frame(JSON.stringify(requestOf({ id: "01" })));
  const noPing = (...frames: WireFrame[]) => judged("client.socket-send.no-ping", [upgrade([message, ...frames])]);

  test.each([
    ["with its type first", [frame('{"type": "ping"}')]],
    ["with its type last", [frame('{"at": 1, "type": "ping"}')]],
    ["in fragments", [frame('{"type"', { fin: false }), frame(': "ping"}', { opcode: opcodes.continuation })]],
  ])("%s is seen", (_, frames) => {
    expect(noPing(...frames)).toMatchObject({ outcome: "fail" });
  });

  test("is no message, but a request with a type is", () => {
    const typed = frame(JSON.stringify({ ...requestOf({ id: "02" }, "2"), type: "ping" }));
    const odd = frame('{"type": {"toString": 0, "valueOf": 0}}');
    const once = (...frames: WireFrame[]) => judged("client.socket-send.once", [upgrade([message, ...frames])]);
    expect(noPing()).toEqual(passes);
    expect(once(frame('{"type": "ping"}'))).toEqual(passes);
    expect(once(typed)).toMatchObject({ outcome: "fail" });
    expect(once(odd)).toMatchObject({ outcome: "fail" });
  });
});

describe("a token that is to be renewed", () => {
  const issued = (name: string, seconds: number, atMs: number): Received => {
    const body = Buffer.from(JSON.stringify({ access_token: name, expires_in: seconds }));
    const sent = { status: 200, headers: [], body, atMs };
    return asked({
      method: "POST",
      target: "/issuer/grants/tokens",
      text: "grant_type=client_credentials",
      atMs,
      sent,
    });
  };
  const sent = (name: string, atMs: number) =>
    posted(requestOf({ id: `at-${atMs}` }), { atMs, headers: [["Authorization", `Bearer ${name}`]] });
  const renewed = (second: string) =>
    judged("client.oauth-renewal.renewed", [
      issued("a", 32, 0),
      sent("a", 4000),
      issued("b", 3600, 7000),
      sent(second, 7100),
    ]);

  test("may be on its way for long in the first message, and not in the second", () => {
    expect(renewed("b")).toEqual(passes);
    expect(renewed("a")).toMatchObject({ outcome: "fail", found: "the first token" });
  });
});

describe("a receiver of webhooks", () => {
  const subscribed = posted(requestOf({ id: "01" }));
  const answers = (status: (at: number) => number): Posted[] =>
    Array.from({ length: 9 }, (_, at) => {
      const body = Buffer.from(`{"at":${at}}`);
      const headers = [["X-ASAP-Signature", asapSignature(body.toString())] as const];
      return { url: "http://127.0.0.1:2", headers, body, status: status(at), answer: "", atMs: at, elapsedMs: 1 };
    });
  const refusals = ["unsigned", "other-secret", "changed-body", "algorithm"].map((one) => `client.webhook.${one}`);
  const standard = ["too-old", "too-new", "other-secret", "other-id", "other-version"];
  const all = [...refusals, ...standard.map((one) => `client.webhook-standard.${one}`)];

  test("that refuses everything has verified nothing", () => {
    for (const id of all)
      expect(judged(id, [subscribed], { posted: answers(() => 404) }), id).toMatchObject({
        outcome: "fail",
        found: "status 404 to what is signed",
      });
  });

  test("that takes what is signed may refuse the rest", () => {
    for (const id of all)
      expect(judged(id, [subscribed], { posted: answers((at) => (at === 0 ? 200 : 401)) }), id).toEqual(passes);
  });

  test("may tell the events in any order, each of them once", () => {
    const told = (handled: unknown) =>
      judged("client.webhook.handled", [posted(requestOf({ id: "01", payload: { input: { handled } } }))]);
    expect(told(["task_7", "task_0", "task_6", "task_5"])).toEqual(passes);
    expect(told(["task_0", "task_0", "task_5", "task_6", "task_7"])).toMatchObject({ outcome: "fail" });
    expect(told("task_0")).toMatchObject({ outcome: "fail" });
  });
});

describe("a request beside that for the manifest", () => {
  const beside = asked({
    target: "/agents.html",
    headers: [
      ["Cookie", "session=1"],
      ["Accept", "text/html"],
    ],
  });
  const right = asked({ sent: { status: 200, headers: [], body: Buffer.alloc(0), atMs: 1 } });

  test.each(["path", "method", "accept", "credentials"])("is not looked at: %s", (aspect) => {
    expect(judged(`client.discover.${aspect}`, [beside, right])).toEqual(passes);
  });

  test("does not stand for it", () => {
    expect(judged("client.discover.path", [beside])).toMatchObject({ outcome: "fail", found: "GET /agents.html" });
  });
});

describe("a token", () => {
  const authorized = posted(requestOf({ id: "01" }), { headers: [["Authorization", `Bearer ${token}`]] });

  test("for a manifest that nobody asked for is no matter", () => {
    expect(judged("client.bearer-token.open", [authorized])).toMatchObject({ outcome: "not-applicable" });
    expect(judged("client.bearer-token.open", [authorized, asked()])).toEqual(passes);
    const guarded = asked({ headers: [["Authorization", "Bearer x"]] });
    expect(judged("client.bearer-token.open", [authorized, guarded])).toMatchObject({ outcome: "fail" });
  });

  test("for a WebSocket comes after the name of its scheme in any letter case", () => {
    const message = frame(JSON.stringify(requestOf({ id: "01" })));
    const opened = upgrade([message], [["Authorization", `bearer ${token}`]]);
    const env = { ASAP_CONFORMANCE_TOKEN: token };
    expect(judged("client.socket-token.authorization", [opened], { env })).toEqual(passes);
  });
});

describe("a close frame", () => {
  const message = frame(JSON.stringify(requestOf({ id: "01" })));
  const close = (direction: WireFrame["direction"], code: number) =>
    frame(closeData(code), { direction, opcode: opcodes.close });
  const closes = (...frames: WireFrame[]) => judged("client.reconnect-codes.closes", [upgrade([message, ...frames])]);

  test("may be answered with another code, and must be answered", () => {
    expect(closes(close("sent", 1001), close("received", 1000))).toEqual(passes);
    expect(closes(close("sent", 1001))).toMatchObject({ outcome: "fail" });
  });
});

describe("waits that double", () => {
  const waited = (...gaps: readonly number[]) => {
    let atMs = 0;
    const attempts = [0, ...gaps].map((gap) => {
      atMs += gap;
      return posted(requestOf({ id: "01" }), { atMs });
    });
    return judged("client.retry-503.waits", attempts);
  };

  test("are not as long as one another, however long they are", () => {
    expect(waited(1050, 2100)).toEqual(passes);
    expect(waited(1600, 2000)).toEqual(passes);
    expect(waited(2500, 2500)).toMatchObject({ outcome: "fail" });
    expect(waited(7900, 7900)).toMatchObject({ outcome: "fail" });
  });
});

describe("what a scenario asks for without a rule that demands it", () => {
  test.each(["client.ack-rejected.completed", "client.oauth-refused.completed"])("is a SHOULD: %s", (id) => {
    expect(clientCases.find((one) => one.id === id)?.level).toBe("SHOULD");
  });
});
