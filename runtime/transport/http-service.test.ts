import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAgent } from "../agent.js";
import { skill } from "../skill.js";
import { type RpcReply, taskText } from "../testing/asap-request.js";
import { createFetchHandler } from "./fetch.js";
import { createFetchHandler as createNodeFetchHandler, type Server, serve } from "./node.js";

const limit = 20_000;
const makeAgent = () =>
  createAgent({
    id: "urn:asap:agent:server",
    skills: { echo: skill({ description: "Echo", run: (input) => ({ echoed: input }) }) },
  });

type Door = (path: string, init?: RequestInit) => Promise<Response>;
const options = { rateLimit: "off", maxRequestBytes: limit };
const base = "http://127.0.0.1";
const neutral = createFetchHandler(makeAgent(), options);
const onNode = createNodeFetchHandler(makeAgent(), options);
let server: Server;
beforeAll(async () => {
  server = await serve(makeAgent(), { ...options, port: 0 });
});
afterAll(() => server.close());

const withLength = (init: RequestInit = {}): RequestInit => {
  const { body, headers } = init;
  if (typeof body !== "string" && !(body instanceof Uint8Array)) return init;
  return { ...init, headers: { ...headers, "content-length": String(Buffer.byteLength(body)) } };
};
const doors: [string, Door][] = [
  ["serve()", (path, init) => fetch(`${server.url}${path}`, { redirect: "manual", ...init })],
  ["the fetch handler of Node", (path, init) => onNode(new Request(`${base}${path}`, withLength(init)))],
  ["the neutral fetch handler", (path, init) => neutral(new Request(`${base}${path}`, withLength(init)))],
];

const post = (body: string | Uint8Array, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  body: body as BodyInit,
  headers,
});
const rpc = async (answer: Response): Promise<RpcReply> => (await answer.json()) as RpcReply;
/** A message of a given size in bytes. */
const sized = (bytes: number): string => {
  const text = taskText({ input: { message: "" } });
  return text.replace('"message":""', `"message":"${"x".repeat(bytes - text.length)}"`);
};

describe.each(doors)("HTTP through %s (wire section 7)", (name, door) => {
  test("HTTP-001, HTTP-012: POST /asap answers JSON-RPC as application/json", async () => {
    const answer = await door("/asap?any=query", post(taskText()));
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect((await rpc(answer)).result?.envelope.payload.result).toEqual({ echoed: { message: "hi" } });
  });

  test("CODE-002: faults of a message are 200 as well", async () => {
    for (const body of [
      "[",
      "[]",
      taskText({ root: { method: "x" } }),
      taskText({ payload: { skill_id: "none" } }),
      "",
    ]) {
      const answer = await door("/asap", post(body));
      expect(answer.status).toBe(200);
      expect((await rpc(answer)).error?.code).toBeLessThan(0);
    }
    expect((await rpc(await door("/asap", { method: "POST" }))).error?.code).toBe(-32700);
  });

  test.each([
    ["GET", "/asap", "POST"],
    ["PUT", "/asap", "POST"],
    ["OPTIONS", "/asap", "POST"],
    ["DELETE", "/asap", "POST"],
    ["HEAD", "/asap", "POST"],
    ["POST", "/.well-known/asap/manifest.json", "GET, HEAD"],
    ["POST", "/.well-known/asap/health", "GET, HEAD"],
    ["POST", "/health", "GET, HEAD"],
    ["PUT", "/ready", "GET, HEAD"],
  ])("HTTP-002: %s %s is 405 with Allow", async (method, path, allow) => {
    const answer = await door(path, { method });
    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")).toBe(allow);
    expect(await answer.text()).toBe(method === "HEAD" ? "" : '{"detail":"Method Not Allowed"}');
  });

  test.each([
    "/",
    "/asapx",
    "/ASAP",
    "/asap//",
    "/asap/ws",
    "/asap/ws/",
    "/docs",
    "/redoc",
    "/openapi.json",
    "/favicon.ico",
    "/.well-known/asap",
  ])("HTTP-003, HTTP-013, HTTP-014: %s is 404", async (path) => {
    for (const method of ["GET", "POST"]) {
      const answer = await door(path, { method });
      expect(answer.status).toBe(404);
      expect(answer.headers.get("content-type")).toBe("application/json");
      expect(await answer.text()).toBe('{"detail":"Not Found"}');
    }
  });

  test("a slash too many is a redirect without a body", async () => {
    for (const path of ["/asap/", "/health/", "/.well-known/asap/manifest.json/"]) {
      const answer = await door(path, path === "/asap/" ? post(taskText()) : {});
      expect(answer.status).toBe(307);
      expect(answer.headers.get("location")).toBe(path.slice(0, -1));
      expect(await answer.text()).toBe("");
    }
  });

  test("HEA-005: /health and /ready say ok", async () => {
    for (const path of ["/health", "/ready"]) {
      const answer = await door(path);
      expect([answer.status, await answer.text()]).toEqual([200, '{"status":"ok"}']);
    }
  });

  test("HEALTH-001, HEALTH-005, HEA-001, HEA-006: the health of the agent is there without asking for it", async () => {
    const answer = await door("/.well-known/asap/health");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/json");
    const health = (await answer.json()) as Record<string, unknown>;
    expect(health).toMatchObject({ status: "healthy", agent_id: "urn:asap:agent:server", asap_version: "1.1.0" });
    expect(health["uptime_seconds"]).toBeGreaterThanOrEqual(0);
  });

  test("DISC-001, DISC-004, MAN-009, MAN-013: the manifest with its tag, its lifetime and its endpoint", async () => {
    const answer = await door("/.well-known/asap/manifest.json");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("cache-control")).toBe("public, max-age=300");
    expect(answer.headers.get("etag")).toMatch(/^"[0-9a-f]{64}"$/);
    const manifest = (await answer.json()) as { id: string; endpoints: { asap: string } };
    expect(manifest.id).toBe("urn:asap:agent:server");
    expect(manifest.endpoints.asap).toMatch(/^http:\/\/127\.0\.0\.1(?::\d+)?\/asap$/);
  });

  test("MAN-008: If-None-Match with the tag is 304, weak forms and * are not", async () => {
    const path = "/.well-known/asap/manifest.json";
    const etag = (await door(path)).headers.get("etag") ?? "";
    const status = async (condition: string) => (await door(path, { headers: { "if-none-match": condition } })).status;
    for (const condition of [etag, `"x", ${etag}`, `${etag},"y"`]) {
      const answer = await door(path, { headers: { "if-none-match": condition } });
      expect(answer.status).toBe(304);
      expect(answer.headers.get("etag")).toBe(etag);
      expect(answer.headers.get("cache-control")).toBe("public, max-age=300");
      expect(await answer.text()).toBe("");
    }
    for (const condition of [`W/${etag}`, "*", etag.slice(1, -1), etag.toUpperCase(), ""]) {
      expect(await status(condition)).toBe(200);
    }
  });

  test("MAN-010: HEAD is GET without the body", async () => {
    for (const path of ["/.well-known/asap/manifest.json", "/.well-known/asap/health", "/health", "/ready"]) {
      const [head, get] = [await door(path, { method: "HEAD" }), await door(path)];
      expect(head.status).toBe(200);
      expect(await head.text()).toBe("");
      for (const header of ["content-type", "etag", "cache-control"]) {
        expect(head.headers.get(header)).toBe(get.headers.get(header));
      }
    }
  });

  test.runIf(name !== "the neutral fetch handler")("MET-001: metrics are served", async () => {
    const answer = await door("/asap/metrics");
    expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(await answer.text()).toContain("asap_requests_total{");
    expect((await door("/asap/metrics", { method: "HEAD" })).status).toBe(200);
    expect((await door("/asap/metrics", { method: "POST" })).headers.get("allow")).toBe("GET, HEAD");
  });

  test("HTTP-005: a body of exactly the limit passes", async () => {
    const answer = await door("/asap", post(sized(limit)));
    expect(answer.status).toBe(200);
    expect((await rpc(answer)).result).toBeDefined();
  });

  test("HTTP-004: one byte more is 413, and nothing is run", async () => {
    const answer = await door("/asap", post(sized(limit + 1)));
    expect(answer.status).toBe(413);
    expect(await answer.text()).toBe(`{"detail":"Request size (${limit + 1} bytes) exceeds maximum (${limit} bytes)"}`);
  });

  test("HTTP-006: a declared length over the limit is 413 on every route", async () => {
    for (const [path, method] of [
      ["/health", "POST"],
      ["/none", "POST"],
      ["/asap", "PUT"],
    ] as const) {
      const answer = await door(path, { method, body: "x".repeat(limit + 1) });
      expect([path, answer.status]).toEqual([path, 413]);
    }
  });

  test("HTTP-004, HTTP-015: a streamed body is accepted up to the limit and 413 beyond it", async () => {
    const stream = (chunks: readonly string[]): RequestInit => ({
      method: "POST",
      body: new ReadableStream<Uint8Array>({
        start(controller) {
          for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
          controller.close();
        },
      }),
      ...{ duplex: "half" },
    });
    const text = taskText({ input: { message: "é☃😀" } });
    const good = await door("/asap", stream([text.slice(0, 5), text.slice(5)]));
    expect((await rpc(good)).result?.envelope.payload.result["echoed"]).toEqual({ message: "é☃😀" });
    const answer = await door("/asap", stream([taskText(), " ".repeat(limit), "x"]));
    expect(answer.status).toBe(413);
    expect(await answer.text()).toMatch(/^\{"detail":"Request size \(\d+ bytes\) exceeds maximum \(20000 bytes\)"\}$/);
  });

  const gzipped = gzipSync(taskText());
  test("HTTP-007: gzip and identity are accepted, in any letter case, and answers are never compressed", async () => {
    for (const encoding of ["gzip", "GZIP", " gzip "]) {
      const answer = await door(
        "/asap",
        post(gzipped, { "content-encoding": encoding, "accept-encoding": "gzip, br" }),
      );
      expect((await rpc(answer)).result).toBeDefined();
      expect(answer.headers.get("content-encoding")).toBeNull();
    }
    for (const encoding of ["identity", "Identity"]) {
      expect((await rpc(await door("/asap", post(taskText(), { "content-encoding": encoding })))).result).toBeDefined();
    }
  });

  test("HTTP-007: br is accepted where it can be read, and 415 elsewhere", async () => {
    const answer = await door("/asap", post(brotliCompressSync(taskText()), { "content-encoding": "br" }));
    expect(answer.status).toBe(name === "the neutral fetch handler" ? 415 : 200);
  });

  test.each(["deflate", "zstd", "gzip, br", "br, gzip", "gzip,gzip", "x-gzip", "compress", '"gzip"'])(
    "HTTP-008: the encoding %s is 415",
    async (encoding) => {
      const answer = await door("/asap", post(deflateSync(taskText()), { "content-encoding": encoding }));
      expect(answer.status).toBe(415);
      const supported = name === "the neutral fetch handler" ? "gzip" : "br, gzip";
      expect(await answer.json()).toEqual({
        detail: `Unsupported Content-Encoding: ${encoding}. Supported: ${supported}`,
      });
    },
  );

  const codings = ["gzip", ...(name === "the neutral fetch handler" ? [] : ["br"])];
  test.each(codings)("HTTP-009: a body that is not %s is 400", async (coding) => {
    const whole = coding === "br" ? brotliCompressSync(sized(5_000)) : gzipSync(sized(5_000));
    const bad = [Buffer.from("no such stream"), whole.subarray(0, whole.length - 9), Buffer.alloc(0)];
    const flipped = Buffer.from(whole);
    flipped[flipped.length - 5] = (flipped.at(-5) ?? 0) ^ 0xff;
    for (const body of [...bad, ...(coding === "gzip" ? [flipped] : [])]) {
      const answer = await door("/asap", post(body, { "content-encoding": coding }));
      expect(answer.status).toBe(400);
      expect(await answer.json()).toEqual({ detail: `Invalid compressed data: not a valid ${coding} stream` });
    }
  });

  test.each(codings)("HTTP-010: %s that inflates to the limit passes, one byte more is 413", async (coding) => {
    const pack = (text: string) => (coding === "br" ? brotliCompressSync(text) : gzipSync(text));
    expect((await door("/asap", post(pack(sized(limit)), { "content-encoding": coding }))).status).toBe(200);
    for (const bytes of [limit + 1, 1_000_000]) {
      const answer = await door("/asap", post(pack("0".repeat(bytes)), { "content-encoding": coding }));
      expect(answer.status).toBe(413);
      expect(await answer.text()).toMatch(
        /^\{"detail":"Decompressed request size \(\d+ bytes\) exceeds maximum \(20000 bytes\)"\}$/,
      );
    }
  });

  test.each(["text/plain", "application/xml", "application/json; charset=latin1", "multipart/form-data"])(
    "HTTP-011: the content type %s is served like any other",
    async (type) => {
      expect((await rpc(await door("/asap", post(taskText(), { "content-type": type })))).result).toBeDefined();
    },
  );

  test("IDEM-002: the header X-Idempotency-Key makes a repeat", async () => {
    const send = async () => rpc(await door("/asap", post(taskText(), { "x-idempotency-key": "k1" })));
    expect(await send()).toEqual(await send());
  });
});
