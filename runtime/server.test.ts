import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { type Agent, type AgentOptions, createAgent } from "./agent.js";
import { skill } from "./skill.js";
import { answersOf, httpText, overSocket, type RpcReply, taskText } from "./testing/asap-request.js";
import { type ServeOptions, type Server, serve } from "./transport/node.js";

const running: Server[] = [];
afterEach(() => Promise.all(running.splice(0).map((server) => server.close())));

async function start(options: ServeOptions & Partial<AgentOptions> = {}) {
  const clock = { ms: Date.now() };
  const agent = createAgent({
    id: "urn:asap:agent:server",
    now: () => clock.ms,
    skills: {
      echo: skill({ description: "Echo", run: (input) => ({ echoed: input }) }),
      slow: skill({
        description: "Slow",
        run: async (input) => {
          await wait(Number(input["ms"] ?? 100));
          return { done: true };
        },
      }),
      endless: skill({ description: "Endless", run: () => new Promise<Record<string, unknown>>(() => {}) }),
    },
    ...options,
  });
  const server = await serve(agent, { rateLimit: "off", ...options, port: 0 });
  running.push(server);
  const send = (text = taskText(), headers: Record<string, string> = {}) =>
    fetch(`${server.url}/asap`, { method: "POST", body: text, headers });
  const get = (path: string) => fetch(`${server.url}${path}`);
  return { agent, server, clock, send, get };
}

describe("the rate limit over HTTP (wire section 8.2)", () => {
  test("RATE-001: by default 10 in a second pass and the window moves", async () => {
    const { send, clock } = await start({ rateLimit: "10/second;100/minute" });
    for (let n = 0; n < 10; n++) expect((await send()).status).toBe(200);
    expect((await send()).status).toBe(429);
    clock.ms += 999;
    expect((await send()).status).toBe(429);
    clock.ms += 1;
    for (let n = 0; n < 10; n++) expect((await send()).status).toBe(200);
    expect((await send()).status).toBe(429);
  });

  test("RATE-001: the default is on", async () => {
    const agent = createAgent({ id: "urn:asap:agent:server", now: () => 1_000 });
    const server = await serve(agent, { port: 0 });
    running.push(server);
    const statuses: number[] = [];
    for (let n = 0; n < 12; n++) {
      statuses.push((await fetch(`${server.url}/asap`, { method: "POST", body: taskText() })).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 429, 429]);
  });

  test("RATE-002, RATE-003: the refusal has the shape of the wire document, byte for byte", async () => {
    const { send } = await start({ rateLimit: "1/second" });
    await send();
    const answer = await send();
    expect(answer.status).toBe(429);
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(await answer.text()).toBe(
      '{"jsonrpc":"2.0","id":null,"error":{"code":429,"message":"Rate limit exceeded",' +
        '"data":{"retry_after":1,"limit":"1 per 1 second"}}}',
    );
  });

  test("RATE-004, RATE-005: malformed requests count, refused ones do not", async () => {
    const { send, clock } = await start({ rateLimit: "3/minute" });
    expect((await send("[")).status).toBe(200);
    expect((await send(taskText(), { "content-encoding": "deflate" })).status).toBe(415);
    expect((await send("", {})).status).toBe(200);
    for (let n = 0; n < 5; n++) expect((await send()).status).toBe(429);
    clock.ms += 60_000;
    for (const status of [200, 200, 200, 429]) expect((await send()).status).toBe(status);
  });

  test("RATE-006, HTTP-006: other routes are free, and 413 comes before 429", async () => {
    const { send, get } = await start({ rateLimit: "1/hour", maxRequestBytes: 2_000 });
    expect((await send()).status).toBe(200);
    expect((await send()).status).toBe(429);
    for (let n = 0; n < 30; n++) expect((await get("/.well-known/asap/manifest.json")).status).toBe(200);
    for (const path of ["/health", "/ready", "/.well-known/asap/health", "/asap/metrics"]) {
      expect((await get(path)).status).toBe(200);
    }
    expect((await get("/asap")).status).toBe(405);
    expect((await send("x".repeat(2_001))).status).toBe(413);
  });

  test("MET-006: refused requests are not counted as requests", async () => {
    const { send, get } = await start({ rateLimit: "2/hour" });
    for (let n = 0; n < 5; n++) await send();
    const metrics = await (await get("/asap/metrics")).text();
    expect(metrics).toContain('asap_requests_total{payload_type="task.request",status="success"} 2\n');
    expect(metrics).not.toMatch(/"[^"]*429[^"]*"/);
  });
});

describe("overload", () => {
  test("CODE-002: more tasks than allowed are 503 with the shape of the wire document", async () => {
    const { send, server } = await start({ limits: { maxConcurrentTasks: 1 }, drainMs: 0 });
    const first = overSocket(server.port, httpText(taskText({ payload: { skill_id: "endless" } })));
    await expect
      .poll(async () => (await (await fetch(`${server.url}/.well-known/asap/health`)).json()) as unknown)
      .toMatchObject({ load: { active_tasks: 1, queue_depth: 0 } });
    const answer = await send();
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({
      error: "Service Temporarily Unavailable",
      code: "asap:transport/thread_pool_exhausted",
      message: expect.any(String),
      details: { max_threads: 1, active_threads: 1 },
    });
    await server.close();
    expect(answersOf(await first)[0]?.body).toContain('"code":-32603');
  });
});

/** Waits until the agent works on something. */
const working = (agent: Agent) => expect.poll(() => agent.health().load?.active_tasks, { timeout: 10_000 }).toBe(1);

describe("shutting down (HTTP-016)", () => {
  test("work under way is answered, new connections are refused, a second close is the first", async () => {
    const { server, agent } = await start();
    const answer = overSocket(server.port, httpText(taskText({ payload: { skill_id: "slow", input: { ms: 200 } } })));
    await working(agent);
    const closing = server.close();
    expect(server.close()).toBe(closing);
    await wait(20);
    await expect(fetch(`${server.url}/health`)).rejects.toThrow();
    expect(answersOf(await answer)[0]?.body).toContain('"result":{"done":true}');
    await closing;
    await server.close();
  });

  test("an open connection gets no new work done", async () => {
    const { server, agent } = await start();
    const slow = httpText(taskText({ payload: { skill_id: "slow", input: { ms: 100 } } }));
    const socket = connect(server.port, "127.0.0.1");
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk)).on("error", () => {});
    const ended = new Promise((resolve) => socket.on("close", resolve));
    socket.write(slow.replace("Connection: close\r\n", ""));
    await working(agent);
    const closing = server.close();
    socket.write(httpText(taskText({ root: { id: "too late" } })));
    await ended;
    await closing;
    const [first, second] = answersOf(Buffer.concat(chunks).toString());
    expect(first?.body).toContain('"done":true');
    expect(second?.status ?? 503).toBe(503);
  });

  test("idle connections do not hold it up", async () => {
    const { server } = await start();
    const idle = overSocket(server.port, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const silent = overSocket(server.port);
    await wait(50);
    await server.close();
    expect(await idle).toContain('{"status":"ok"}');
    expect(await silent).toBe("");
  });

  test("beyond drainMs what is left is aborted and answered", async () => {
    const { server, agent } = await start({ drainMs: 30 });
    const answer = overSocket(server.port, httpText(taskText({ payload: { skill_id: "endless" } })));
    await working(agent);
    await server.close();
    expect(answersOf(await answer)[0]?.body).toContain('"error":{"code":-32603,"message":"Internal error"');
    expect(agent.health()).toMatchObject({ status: "unhealthy", load: { active_tasks: 0 } });
  });

  test("`await using` closes it", async () => {
    let url = "";
    {
      await using server = (await start()).server;
      url = server.url;
      expect((await fetch(`${url}/health`)).status).toBe(200);
    }
    await expect(fetch(`${url}/health`)).rejects.toThrow();
  });
});

describe("bearer tokens over HTTP (wire section 10)", () => {
  test("messages need one; manifest, health and metrics stay open", async () => {
    const validateToken = (token: string) => (token === "good" ? "urn:asap:agent:client" : null);
    const { send, get } = await start({ auth: { validateToken } });
    const refused = await send();
    expect(refused.status).toBe(200);
    expect(refused.headers.get("www-authenticate")).toBeNull();
    expect(((await refused.json()) as RpcReply).error?.data).toEqual({
      error: "Authentication required",
      status_code: 401,
    });
    const accepted = (await (await send(taskText(), { authorization: "bearer good" })).json()) as RpcReply;
    expect(accepted.result).toBeDefined();
    for (const path of ["/.well-known/asap/manifest.json", "/.well-known/asap/health", "/asap/metrics", "/ready"]) {
      expect((await get(path)).status).toBe(200);
    }
  });
});

describe("many at once", () => {
  test("every one of 500 concurrent requests gets its own answer", async () => {
    const { send } = await start();
    const ids = Array.from({ length: 500 }, (_, n) => n);
    const replies = await Promise.all(
      ids.map(async (id) => {
        const skill_id = id % 3 === 0 ? "slow" : "echo";
        const text = taskText({ root: { id }, payload: { skill_id, input: { n: id, ms: id % 7 } } });
        return (await (await send(text)).json()) as RpcReply;
      }),
    );
    for (const [n, reply] of replies.entries()) {
      expect(reply.id).toBe(n);
      const result = reply.result?.envelope.payload.result;
      expect(result).toEqual(n % 3 === 0 ? { done: true } : { echoed: { n, ms: n % 7 } });
    }
  });
});
