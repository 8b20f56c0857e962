import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test, vi } from "vitest";
import { requestText } from "../request.js";
import { type Move, type Received, scriptedPeer } from "../testing/scripted-peer.js";
import { connectHttp, type HttpTransportOptions } from "./http.js";
import type { ClientMessage } from "./transport.js";

const never = new AbortController().signal;
const message = (parts: Partial<ClientMessage> = {}): ClientMessage => ({
  envelopeText: '{"x":1}',
  envelopeId: "01ENV",
  requiresAck: false,
  id: "req-1",
  idempotencyKey: "key-1",
  signal: never,
  timeoutMs: 60_000,
  ...parts,
});

/** A transport that does not wait but remembers for how long it would have. */
function impatient(url: string, options: HttpTransportOptions = {}) {
  const waits: number[] = [];
  const noted = async (ms: number) => void waits.push(ms);
  return { waits, transport: connectHttp(url, { sleep: noted, random: () => 0, ...options }) };
}

const okay: Move = { body: '{"ok":true}' };
const failure = (code: string, data: object = {}) => ({ code, data: expect.objectContaining(data) });

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("a request of connectHttp()", () => {
  test("is a POST to the base URL and /asap with JSON and the idempotency key (CLIENT-001, CLIENT-002, CLIENT-021)", async () => {
    await using peer = await scriptedPeer(() => okay);
    const reply = await connectHttp(`${peer.url}/agents/one/`).send(message());
    expect(reply).toEqual({ response: { ok: true }, id: "req-1" });
    expect(peer.requests).toHaveLength(1);
    expect(peer.requests[0]).toMatchObject({
      method: "POST",
      path: "/agents/one/asap",
      text: requestText('{"x":1}', "req-1", "key-1"),
    });
    const headers = peer.requests[0]?.headers;
    expect(headers).toMatchObject({ "content-type": "application/json", "x-idempotency-key": "key-1" });
    expect(headers).not.toHaveProperty("content-encoding");
    expect(headers).not.toHaveProperty("authorization");
  });

  test("carries the user's headers, made anew for each attempt, but never another content type", async () => {
    let made = 0;
    await using peer = await scriptedPeer(({ count }) => (count === 0 ? { status: 500 } : okay));
    const headers = async () => ({ authorization: `Bearer ${++made}`, "content-type": "text/plain" });
    await impatient(peer.url, { headers }).transport.send(message());
    expect(peer.requests.map((request) => request.headers.authorization)).toEqual(["Bearer 1", "Bearer 2"]);
    expect(peer.requests.map((request) => request.headers["content-type"])).toEqual([
      "application/json",
      "application/json",
    ]);
  });

  test("is not sent when a header cannot be, and the error does not repeat it", async () => {
    await using peer = await scriptedPeer(() => okay);
    const { transport } = impatient(peer.url, { headers: () => ({ authorization: "Bearer s3cret\n" + "é\u0000" }) });
    await expect(transport.send(message())).rejects.toMatchObject({
      code: "asap:config/invalid_option",
      message: expect.not.stringContaining("s3cret"),
    });
    expect(peer.requests).toEqual([]);
  });

  test.each([
    { compressMinBytes: -1 },
    { compressMinBytes: Number.NaN },
    { maxResponseBytes: -1 },
    { attemptTimeoutMs: Number.NaN },
    { retry: { attempts: 0 } },
    { breaker: { failures: 0 } },
    { headers: { "no name": "x" } },
  ])("is refused by the options %j", (options) => {
    expect(() => connectHttp("http://localhost", options)).toThrow(
      expect.objectContaining({ code: "asap:config/invalid_option" }),
    );
  });

  test("goes to another host over plain http only when that is allowed (CLIENT-004)", () => {
    expect(() => connectHttp("http://agent.example")).toThrow(
      expect.objectContaining({ code: "asap:transport/insecure_url" }),
    );
    expect(connectHttp("http://agent.example", { allowInsecure: true }).url).toBe("http://agent.example");
  });
});

describe("compression of connectHttp()", () => {
  const wrapper = requestText("", "req-1", "key-1").length;
  /** An envelope whose request has so many bytes. */
  const body = (bytes: number) => `{"x":"${"a".repeat(bytes - wrapper - 8)}"}`;
  const whole = (envelopeText: string) => requestText(envelopeText, "req-1", "key-1");

  test("begins at 1,024 bytes and keeps the text (CLIENT-003, CLIENT-021)", async () => {
    await using peer = await scriptedPeer(() => okay);
    const transport = connectHttp(peer.url);
    await transport.send(message({ envelopeText: body(1_023) }));
    await transport.send(message({ envelopeText: body(1_024) }));
    const [plain, packed] = peer.requests as [Received, Received];
    expect(plain.headers).not.toHaveProperty("content-encoding");
    expect(plain.bytes.byteLength).toBe(1_023);
    expect(packed.headers["content-encoding"]).toBe("gzip");
    expect(packed.bytes.byteLength).toBeLessThan(200);
    expect(packed.text).toBe(whole(body(1_024)));
  });

  test("counts bytes, not characters", async () => {
    await using peer = await scriptedPeer(() => okay);
    const envelopeText = JSON.stringify("é".repeat(511));
    expect(whole(envelopeText).length).toBeLessThan(1_024);
    await connectHttp(peer.url).send(message({ envelopeText }));
    expect(peer.requests[0]?.headers["content-encoding"]).toBe("gzip");
    expect(peer.requests[0]?.text).toBe(whole(envelopeText));
  });

  test("is dropped when it does not make the body smaller (CLIENT-003)", async () => {
    await using peer = await scriptedPeer(() => okay);
    await connectHttp(peer.url, { compressMinBytes: 1 }).send(message({ envelopeText: "0", idempotencyKey: "k" }));
    expect(peer.requests[0]?.headers).not.toHaveProperty("content-encoding");
    expect(peer.requests[0]?.text).toBe(requestText("0", "req-1", "k"));
  });

  test("can be turned off", async () => {
    await using peer = await scriptedPeer(() => okay);
    const transport = connectHttp(peer.url, { compressMinBytes: Number.POSITIVE_INFINITY });
    await transport.send(message({ envelopeText: body(5_000) }));
    expect(peer.requests[0]?.headers).not.toHaveProperty("content-encoding");
  });

  test("is given up for good after one 415, without counting as an attempt", async () => {
    await using peer = await scriptedPeer(({ headers }) =>
      headers["content-encoding"] === undefined ? okay : { status: 415, body: '{"detail":"Unsupported"}' },
    );
    const transport = connectHttp(peer.url, { retry: false });
    await transport.send(message({ envelopeText: body(2_000) }));
    await transport.send(message({ envelopeText: body(2_000) }));
    expect(peer.requests.map((request) => request.headers["content-encoding"])).toEqual(["gzip", undefined, undefined]);
    expect(new Set(peer.requests.map((request) => request.text)).size).toBe(1);
  });

  test("does without a platform that cannot compress", async () => {
    vi.stubGlobal("CompressionStream", undefined);
    await using peer = await scriptedPeer(() => okay);
    await connectHttp(peer.url).send(message({ envelopeText: body(2_000) }));
    expect(peer.requests[0]?.headers).not.toHaveProperty("content-encoding");
  });
});

describe("an answer to connectHttp()", () => {
  test.each([301, 302, 303, 307, 308])(
    "that redirects by %i is not followed nor repeated (CLIENT-009)",
    async (status) => {
      await using peer = await scriptedPeer(() => ({ status, headers: { location: "/elsewhere" } }));
      const data = { status, location: "/elsewhere" };
      await expect(connectHttp(peer.url).send(message())).rejects.toMatchObject(
        failure("asap:transport/http_status", data),
      );
      expect(peer.requests.map((request) => request.path)).toEqual(["/asap"]);
    },
  );

  test.each([400, 401, 403, 404, 405, 408, 413, 415])(
    "with status %i is final and says why (CLIENT-006)",
    async (status) => {
      await using peer = await scriptedPeer(() => ({ status, body: '{"detail":"because"}' }));
      await expect(connectHttp(peer.url).send(message())).rejects.toMatchObject({
        ...failure("asap:transport/http_status", { status, detail: "because" }),
        message: `The peer answered with HTTP status ${status}: because.`,
      });
      expect(peer.requests).toHaveLength(1);
    },
  );

  test("of a full worker pool names its code after the last attempt", async () => {
    const body = JSON.stringify({
      error: "Service Temporarily Unavailable",
      code: "asap:transport/thread_pool_exhausted",
      message: "Thread pool exhausted",
      details: { max_threads: 1, active_threads: 1 },
    });
    await using peer = await scriptedPeer(() => ({ status: 503, body }));
    const data = { status: 503, code: "asap:transport/thread_pool_exhausted" };
    await expect(impatient(peer.url).transport.send(message())).rejects.toMatchObject(
      failure("asap:transport/http_status", data),
    );
    expect(peer.requests).toHaveLength(3);
  });

  test.each(["<html>boom</html>", "", "null", "[1]", '"x"', "\u0000"])(
    "with a failing status and the body %j is still told apart",
    async (body) => {
      await using peer = await scriptedPeer(() => ({ status: 404, body }));
      await expect(connectHttp(peer.url).send(message())).rejects.toMatchObject(
        failure("asap:transport/http_status", { status: 404 }),
      );
    },
  );

  test("larger than the limit is refused by its declared length", async () => {
    await using peer = await scriptedPeer(() => ({ body: "x".repeat(1_001), headers: { "content-length": "1001" } }));
    const transport = connectHttp(peer.url, { maxResponseBytes: 1_000 });
    await expect(transport.send(message())).rejects.toMatchObject(
      failure("asap:transport/invalid_response", { reason: "larger than 1000 bytes" }),
    );
    expect(peer.requests).toHaveLength(1);
  });

  test("of exactly the limit is taken", async () => {
    await using peer = await scriptedPeer(() => ({ body: JSON.stringify("x".repeat(998)) }));
    const { response } = await connectHttp(peer.url, { maxResponseBytes: 1_000 }).send(message());
    expect(response).toHaveLength(998);
  });

  test.each(["", "<html></html>", "{", "\ufeff{}"])(
    "that is not JSON, %j, is refused and not asked for again",
    async (body) => {
      await using peer = await scriptedPeer(() => ({ body }));
      await expect(impatient(peer.url).transport.send(message())).rejects.toMatchObject({
        ...failure("asap:transport/invalid_response", { url: peer.url, reason: "not JSON" }),
        cause: expect.any(SyntaxError),
      });
      expect(peer.requests).toHaveLength(1);
    },
  );

  test("larger than the limit is refused while it streams, without reading to its end", async () => {
    let written = 0;
    function* endless() {
      for (;;) {
        written += 65_536;
        yield "x".repeat(65_536);
      }
    }
    await using peer = await scriptedPeer(() => ({ chunks: endless() }));
    await expect(connectHttp(peer.url).send(message())).rejects.toMatchObject(
      failure("asap:transport/invalid_response", { reason: "larger than 10485760 bytes" }),
    );
    expect(written).toBeGreaterThan(10_485_760);
  });

  test("that inflates beyond the limit is refused while it inflates", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1_048_576, 0x20));
    await using peer = await scriptedPeer(() => ({ body: bomb, headers: { "content-encoding": "gzip" } }));
    await expect(connectHttp(peer.url).send(message())).rejects.toMatchObject(
      failure("asap:transport/invalid_response", { reason: "larger than 10485760 bytes" }),
    );
  });

  test("that is not UTF-8 is refused", async () => {
    await using peer = await scriptedPeer(() => ({ body: Buffer.from([0x22, 0xff, 0x22]) }));
    await expect(connectHttp(peer.url).send(message())).rejects.toMatchObject(
      failure("asap:transport/invalid_response", { reason: "not UTF-8" }),
    );
  });

  test("that ends within a character is refused", async () => {
    await using peer = await scriptedPeer(() => ({ body: Buffer.from([0x22, 0xc3]) }));
    await expect(connectHttp(peer.url).send(message())).rejects.toMatchObject(
      failure("asap:transport/invalid_response", { reason: "not UTF-8" }),
    );
  });
});
