import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { say, talk } from "./conversation.js";
import { task } from "./documents.js";
import { recordOf, replayOf } from "./record.js";
import { sampleContext } from "./sample-context.js";
import type { Secrets } from "./secrets.js";
import { closeData, opcodes, type WireFrame } from "./socket-frames.js";
import type { SocketAction } from "./websocket.js";
import { bytesOf, type Exchange, type WireRequest } from "./wire.js";

const url = "http://127.0.0.1:8000";
const none: Secrets = { headers: new Set(), values: [] };

const exchange = (request: WireRequest, headers: Record<string, string> = {}, body = "{}"): Exchange => {
  const sent = bytesOf(request, new URL(url), headers);
  const response = { status: 200, reason: "OK", headers: [["X-A", "1"]] as const, body: Buffer.from(body) };
  return { request, sent, sentBytes: sent.length, response, startedAt: Date.now(), elapsedMs: 1.4 };
};

/** The arguments a shell hands to the command in place of curl. */
const argumentsOf = (line: string) =>
  execFileSync("sh", ["-c", `curl() { for one in "$@"; do printf '%s\\n' "$one"; done; }; ${line}`], {
    encoding: "utf8",
  })
    .trimEnd()
    .split("\n");

describe("recordOf()", () => {
  it("shows both sides and escapes what is not printable", () => {
    const record = recordOf(
      exchange({ method: "POST", path: "/asap", body: Buffer.from([0x1f, 0x8b, 0x41]) }),
      none,
      0,
    );
    expect(record.sent).toContain("POST /asap HTTP/1.1\n");
    expect(record.sent).toContain("\\x1f");
    expect(record).toMatchObject({ received: "HTTP/1.1 200 OK\nX-A: 1\n\n{}", status: 200, elapsedMs: 1 });
  });

  it("cuts long messages and says how long they were", () => {
    const record = recordOf(exchange({ method: "POST", path: "/", body: "x".repeat(9000) }), none, 0);
    expect(record.sent.length).toBeLessThan(2100);
    expect(record.sent).toMatch(/… \(\d{4} bytes in all\)$/);
  });

  it("shows what a token of the suite says, and hides its text", () => {
    const { mint } = sampleContext;
    if (typeof mint === "string") throw new Error(mint);
    const token = mint.token(sampleContext, { claims: { scope: "openid" } });
    const path = `/asap?access_token=${token.text}`;
    const request = task(sampleContext, {}, { token, path });
    const record = recordOf(exchange(request, {}, `you said ${token.text}`), none, 0);
    expect(record.token).toEqual({ header: token.header, claims: token.claims });
    expect(record.sent).toContain("Authorization: ***\n");
    expect(record.sent).toContain("POST /asap?access_token=*** HTTP/1.1\n");
    expect(record.received).toContain("you said ***");
    expect(replayOf(exchange(request), url, none)).toBe(
      "# the token was made for this run: run the case again with --only",
    );
  });

  it("shows nothing of a token that says nothing", () => {
    const token = { text: "word", header: {}, claims: {} };
    const record = recordOf(exchange(task(sampleContext, {}, { token })), none, 0);
    expect(record).not.toHaveProperty("token");
    expect(record.sent).toContain("Authorization: Bearer word\n");
  });

  it("hides the caller's headers and secrets wherever they come back", () => {
    const secrets: Secrets = { headers: new Set(["authorization"]), values: ["t0ps3cret"] };
    const record = recordOf(
      exchange({ method: "GET", path: "/" }, { Authorization: "Bearer t0ps3cret" }, "you said t0ps3cret"),
      secrets,
      0,
    );
    expect(record.sent).toContain("Authorization: ***");
    expect(record.received).toContain("you said ***");
  });

  it("tells a failure in place of an answer", () => {
    const { response: _, ...rest } = exchange({ method: "GET", path: "/" });
    expect(recordOf({ ...rest, failure: { kind: "timeout", message: "no answer" } }, none, 0)).toMatchObject({
      received: "no answer",
      status: null,
    });
  });
});

const upgraded = (frames: readonly WireFrame[], actions: readonly SocketAction[] = []): Exchange => ({
  ...exchange(talk(sampleContext, actions), { Authorization: "Bearer t0ps3cret" }, ""),
  frames,
});
const frame = { opcode: opcodes.text, fin: true, rsv: 0, masked: false, atMs: 7, bytes: 5 };

describe("recordOf() of a WebSocket", () => {
  const secrets: Secrets = { headers: new Set(["authorization"]), values: ["t0ps3cret"] };

  it("shows each frame with its kind, what is odd about it, its time and its text", () => {
    const close = { ...frame, opcode: opcodes.close, data: closeData(1001, "Server shutting down") };
    const record = recordOf(
      upgraded([
        { ...frame, direction: "sent", fin: false, rsv: 4, data: Buffer.from("hello") },
        { ...frame, direction: "received", opcode: 3, masked: true, data: Buffer.from("t0ps3cret\u0000") },
        { ...close, direction: "received" },
      ]),
      secrets,
      0,
    );
    expect(record.frames).toEqual([
      {
        direction: "sent",
        kind: "text",
        marks: ["not final", "reserved bits 4", "without mask"],
        text: "hello",
        bytes: 5,
        atMs: 7,
      },
      expect.objectContaining({ direction: "received", kind: "3", marks: ["masked"], text: "***\\x00" }),
      expect.objectContaining({ kind: "close", text: "1001 Server shutting down", marks: [] }),
    ]);
    expect(record.sent).toContain("Authorization: ***");
  });

  it("is sent again as bytes, without the caller's headers", () => {
    const line = replayOf(upgraded([], [say("hi", { masked: false })]), url, secrets);
    expect(line).toMatch(
      /^\(printf '(\\\d{3})+'; sleep 1; printf '\\201\\002\\150\\151'; sleep 2\) \| nc 127\.0\.0\.1 8000$/,
    );
    const head = execFileSync("sh", ["-c", line.slice(1, line.indexOf(";"))], { encoding: "utf8" });
    expect(head).toMatch(/^GET \/asap\/ws HTTP\/1\.1\r\n[\s\S]*Sec-WebSocket-Key: \S+\r\n\r\n$/);
    expect(head).not.toContain("Authorization");
    expect(replayOf(upgraded([], [say("x".repeat(5000))]), url, secrets)).toMatch(/^# \d{4} bytes of frames/);
  });
});

describe("replayOf() of text messages over a WebSocket", () => {
  const secrets: Secrets = { headers: new Set(["authorization"]), values: ["t0ps3cret"] };
  const websocat =
    'websocat() { for one in "$@"; do printf \'%s\\n\' "$one"; done; cat; }; ASAP_AUTHORIZATION="Bearer mine"';

  it("hands each of them to websocat as a line of its own, with the headers that are no part of every handshake", () => {
    const request = talk(sampleContext, [say(`{"it's":"$HOME"}`), say("[]")], { headers: { "X-One": "it's 1" } });
    const line = replayOf({ ...exchange(request), frames: [] }, "https://agents.example/a", secrets);
    const told = execFileSync("sh", ["-c", `${websocat}; ${line}`], { encoding: "utf8" });
    expect(told.trimEnd().split("\n")).toEqual([
      "-n",
      "--linemode-strip-newlines",
      "-H=authorization: Bearer mine",
      "-H=X-One: it's 1",
      "wss://agents.example/a/asap/ws",
      `{"it's":"$HOME"}`,
      "[]",
    ]);
  });

  it("does without it where a message has lines of its own, or there is none", () => {
    expect(replayOf(upgraded([], [say("a\nb")]), url, none)).not.toContain("websocat");
    expect(replayOf(upgraded([], []), url, none)).not.toContain("websocat");
  });
});

describe("replayOf()", () => {
  it("survives quotes in the body", () => {
    const body = `{"it's":"a \\"quote\\" $HOME \`id\`"}`;
    expect(argumentsOf(replayOf(exchange({ method: "POST", path: "/asap", body }), url, none))).toContain(body);
  });

  it("puts the scheme of the request before the caller's token", () => {
    const secrets: Secrets = { headers: new Set(["authorization"]), values: ["t0ps3cret"] };
    const line = replayOf(exchange({ method: "GET", path: "/", scheme: "bearer" }), url, secrets);
    expect(argumentsOf(`ASAP_AUTHORIZATION="Bearer mine"; ${line}`)).toContain("authorization: bearer mine");
  });

  it("lets the shell write a fresh time", () => {
    const time = new Date().toISOString();
    const line = replayOf(
      exchange({ method: "POST", path: "/asap", body: `{"timestamp":"${time}","b":1}` }),
      url,
      none,
    );
    expect(argumentsOf(line).at(-1)).toMatch(/^\{"timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ","b":1\}$/);
    const old = replayOf(
      exchange({ method: "POST", path: "/asap", body: '{"timestamp":"2020-01-01T00:00:00.000Z"}' }),
      url,
      none,
    );
    expect(old).toContain("2020-01-01T00:00:00.000Z");
  });

  it("pipes bytes that are no text and names long bodies", () => {
    const bytes = replayOf(exchange({ method: "POST", path: "/", body: Buffer.from([0xff, 0x00]) }), url, none);
    expect(bytes).toMatch(/^printf '\\377\\000' \| curl .*--data-binary @-$/);
    const long = replayOf(exchange({ method: "POST", path: "/", body: "x".repeat(5000) }), url, none);
    expect(long).toMatch(/@body {3}# the body has 5000 bytes$/);
  });

  it("sends HEAD as such, wrong lengths and chunks by header, and raw bytes by nc", () => {
    expect(replayOf(exchange({ method: "HEAD", path: "/x" }), url, none)).toBe(
      "curl -i --max-time 10 --head 'http://127.0.0.1:8000/x'",
    );
    expect(replayOf(exchange({ method: "POST", path: "/", body: "{}", framing: 99 }), url, none)).toContain(
      "'Content-Length: 99'",
    );
    expect(replayOf(exchange({ method: "POST", path: "/", body: "{}", framing: "chunked" }), url, none)).toContain(
      "'Transfer-Encoding: chunked'",
    );
  });

  it("sends bytes that are no HTTP to a socket", () => {
    const raw = exchange({ method: "GET", path: "/", raw: Buffer.from("A\n") });
    expect(replayOf(raw, url, none)).toBe("printf '\\101\\012' | nc 127.0.0.1 8000");
    expect(replayOf(raw, "http://[::1]:8000/a", none)).toBe("printf '\\101\\012' | nc ::1 8000");
    expect(replayOf(raw, "https://agents.example", none)).toBe(
      "printf '\\101\\012' | openssl s_client -quiet -connect agents.example:443",
    );
  });
});
