import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type AgentOptions, createAgent } from "../agent.js";
import type { LogFields } from "../observe/log.js";
import { skill } from "../skill.js";
import { taskText } from "../testing/asap-request.js";
import { webhooks } from "../webhooks/poster.js";
import { memoryWebhooks } from "../webhooks/queue/memory.js";
import { createFetchHandler, endpointsAt, type FetchHandlerOptions, InflatedTooLarge } from "./fetch.js";

const echo = skill({ description: "Echo", run: (input) => ({ echoed: input }) });
const agentWith = (options: Partial<AgentOptions> = {}) =>
  createAgent({ id: "urn:asap:agent:server", skills: { echo }, ...options });
const handlerWith = (options: FetchHandlerOptions = {}, agent = agentWith()) =>
  createFetchHandler(agent, { rateLimit: "off", ...options });
const message = (init: RequestInit = {}, url = "https://edge.example/asap") =>
  new Request(url, { method: "POST", body: taskText(), ...init });

describe("createFetchHandler()", () => {
  test("names the origin of the request as the endpoint, or the public URL", async () => {
    const endpoints = async (options: FetchHandlerOptions, url: string) => {
      const answer = await handlerWith(options)(new Request(`${url}/.well-known/asap/manifest.json`));
      return ((await answer.json()) as { endpoints: { asap: string } }).endpoints.asap;
    };
    expect(await endpoints({}, "https://edge.example")).toBe("https://edge.example/asap");
    expect(await endpoints({}, "http://localhost:8787")).toBe("http://localhost:8787/asap");
    expect(await endpoints({ publicUrl: "https://a.example/x//" }, "http://inner")).toBe("https://a.example/x/asap");
    expect(endpointsAt("https://a.example")).toEqual({ asap: "https://a.example/asap" });
  });

  test("has no metrics route unless told how to print them", async () => {
    const request = () => new Request("https://edge.example/asap/metrics");
    expect((await handlerWith()(request())).status).toBe(404);
    const renderMetrics = async () => ({ contentType: "text/plain", body: "m 1\n" });
    expect(await (await handlerWith({ renderMetrics })(request())).text()).toBe("m 1\n");
  });

  test("RATE-001: callers share one limit unless their address is told", async () => {
    const shared = handlerWith({ rateLimit: "1/hour" });
    expect([(await shared(message())).status, (await shared(message())).status]).toEqual([200, 429]);
    const apart = handlerWith({ rateLimit: "1/hour", clientAddress: (request) => request.headers.get("x-ip") ?? "" });
    const from = async (ip: string) => (await apart(message({ headers: { "x-ip": ip } }))).status;
    expect([await from("a"), await from("b"), await from("a")]).toEqual([200, 200, 429]);
    expect(() => createFetchHandler(agentWith(), { rateLimit: "x" })).toThrow(
      expect.objectContaining({ code: "asap:config/invalid_option" }),
    );
  });

  test("uses the inflater it is given, and tells its faults apart", async () => {
    const seen: [string, number][] = [];
    const handler = handlerWith({
      encodings: ["x-own"],
      maxRequestBytes: 5_000,
      inflate: async (body, encoding, maxBytes) => {
        seen.push([encoding, maxBytes]);
        if (body.byteLength === 3) throw new InflatedTooLarge(5_001);
        if (body.byteLength === 2) throw new Error("canary");
        return body;
      },
    });
    const headers = { "content-encoding": "X-Own" };
    expect((await handler(message({ headers }))).status).toBe(200);
    const large = await handler(message({ headers, body: "abc" }));
    expect([large.status, await large.text()]).toEqual([
      413,
      '{"detail":"Decompressed request size (5001 bytes) exceeds maximum (5000 bytes)"}',
    ]);
    const bad = await handler(message({ headers, body: "ab" }));
    expect([bad.status, await bad.text()]).toEqual([
      400,
      '{"detail":"Invalid compressed data: not a valid x-own stream"}',
    ]);
    expect((await handler(message({ headers: { "content-encoding": "gzip" }, body: gzipSync("x") }))).status).toBe(415);
    expect(seen).toEqual([
      ["x-own", 5_000],
      ["x-own", 5_000],
      ["x-own", 5_000],
    ]);
  });

  test("a length that is no number does not count; the bytes do", async () => {
    for (const length of ["", "-5", "1e9", "abc", "99999999999999999999x"]) {
      const request = message();
      const headers = new Headers({ "content-length": length });
      const odd = new Proxy(request, {
        get: (target, name) => (name === "headers" ? headers : Reflect.get(target, name, target)),
      });
      expect((await handlerWith()(odd)).status).toBe(200);
    }
  });

  test("PARSE-002, PARSE-003: a byte order mark and bytes that are not UTF-8 are parse errors", async () => {
    const errorOf = async (body: BodyInit) => {
      const answer = await handlerWith()(message({ body }));
      expect(answer.status).toBe(200);
      return (await answer.json()) as { id: unknown; error: { code: number; data: { error: string } } };
    };
    expect((await errorOf(`\ufeff${taskText()}`)).error.data.error).toBe("Invalid JSON: unexpected byte order mark");
    const broken = await errorOf(Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}')]));
    expect(broken).toMatchObject({ id: null, error: { code: -32700 } });
    expect(broken.error.data.error).toMatch(/^Invalid UTF-8 encoding: /);
  });

  test("HEA-001: after the agent was closed its health is 503, and so is every message", async () => {
    const agent = agentWith();
    const handler = handlerWith({}, agent);
    await agent.close();
    const health = await handler(new Request("https://edge.example/.well-known/asap/health"));
    expect(health.status).toBe(503);
    expect(await health.json()).toMatchObject({ status: "unhealthy", agent_id: "urn:asap:agent:server" });
    const answer = await handler(message());
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({
      error: "Service Temporarily Unavailable",
      code: "asap:transport/shutting_down",
      message: expect.any(String),
      details: {},
    });
  });

  test("CODE-003: what is wrong with the agent's own setting up is logged and not told", async () => {
    const store = memoryWebhooks();
    await store.bind("urn:asap:agent:another");
    const lines: string[] = [];
    const log = { error: (event: string, fields: LogFields) => lines.push(`${event} ${String(fields["error"])}`) };
    const answer = await handlerWith({}, agentWith({ log, webhooks: webhooks({ store }) }))(message());
    expect([answer.status, await answer.text()]).toEqual([500, '{"detail":"Internal Server Error"}']);
    expect(lines.join("\n")).toContain("urn:asap:agent:another");
  });

  test("CODE-005: a body that breaks off is 400", async () => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) });
    const answer = await handlerWith()(message({ body, ...{ duplex: "half" } }));
    expect([answer.status, await answer.text()]).toEqual([400, '{"detail":"The request body broke off"}']);
  });

  test("CODE-003: a fault outside of any message is 500 without its cause, which is logged", async () => {
    const lines: [string, LogFields][] = [];
    let works = true;
    const now = () => {
      if (!works) throw new Error("canary");
      return 1_000;
    };
    const handler = handlerWith({}, agentWith({ now, log: { error: (event, fields) => lines.push([event, fields]) } }));
    expect((await handler(message())).status).toBe(200);
    works = false;
    const answer = await handler(message());
    expect([answer.status, await answer.text()]).toEqual([500, '{"detail":"Internal Server Error"}']);
    expect(lines).toEqual([["asap.request.failed", { error: expect.objectContaining({ message: "canary" }) }]]);
    const clientAddress = () => {
      throw new Error("canary");
    };
    expect((await handlerWith({ clientAddress })(message())).status).toBe(500);
  });
});
