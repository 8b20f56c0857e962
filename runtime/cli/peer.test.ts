import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asap, asapServe as serve } from "../testing/asap-command.js";

/** A server that answers everything with a status and a body, or tasks with the events made for their envelope. */
async function listen(
  status: number | ((envelope: Record<string, unknown>) => string),
  body = "",
): Promise<{ url: string; server: HttpServer }> {
  const server = createServer(async (request, response) => {
    if (typeof status === "number") {
      response.writeHead(status, { "content-type": "application/json" }).end(body);
    } else if (request.method === "GET") response.writeHead(404).end();
    else {
      const asked: { params: { envelope: Record<string, unknown> } } = JSON.parse(await text(request));
      response.writeHead(200, { "content-type": "text/event-stream" }).end(status(asked.params.envelope));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

const nobody = "http://127.0.0.1:1";

describe("asap serve, call, discover, health", () => {
  let agent: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    agent = await serve(["--rate-limit", "off"]);
  });
  afterAll(async () => {
    expect(await agent.stop()).toBe(0);
  });

  test("serve prints one line and nothing else on standard output", () => {
    expect(agent.out()).toMatch(/^listening on http:\/\/127\.0\.0\.1:\d+\n$/);
    expect(agent.err()).toBe("");
  });

  test("call prints the result of the skill", async () => {
    const { code, out, err } = await asap(["call", agent.url, "echo", '{"message":"hi","__proto__":1}']);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toBe('{\n  "echoed": {\n    "message": "hi",\n    "__proto__": 1\n  }\n}\n');
  });

  test("call reads the input from standard input", async () => {
    const { code, out } = await asap(["call", agent.url, "echo", "-"], { stdin: '{"from":"stdin"}' });
    expect([code, JSON.parse(out)]).toEqual([0, { echoed: { from: "stdin" } }]);
  });

  test("call prints the whole reply envelope with --json", async () => {
    const { code, out } = await asap(["call", agent.url, "echo", "{}", "--json", "--sender", "urn:asap:agent:me"]);
    expect(code).toBe(0);
    expect(out.trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(out)).toMatchObject({
      sender: "urn:asap:agent:echo-agent",
      recipient: "urn:asap:agent:me",
      payload_type: "task.response",
      payload: { status: "completed", result: { echoed: {} } },
    });
  });

  test("slow works in steps and answers with them", async () => {
    const { code, out } = await asap(["call", agent.url, "slow", '{"steps":3,"ms":0}']);
    expect([code, JSON.parse(out)]).toEqual([0, { steps: 3, ms: 0 }]);
  });

  const steps = ["50 % step 1 of 2", "100 % step 2 of 2"];
  const slow = ["slow", '{"steps":2,"ms":5}', "--stream"];

  test.each([
    ["http", () => agent.url],
    ["ws", () => `${agent.url.replace("http", "ws")}/asap/ws`],
  ])("call --stream over %s prints each update and then the result", async (_, url) => {
    const { code, out, err } = await asap(["call", url(), ...slow]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toBe(`${steps.join("\n")}\n{\n  "steps": 2,\n  "ms": 5\n}\n`);
  });

  test("call --stream --json prints an object for each update and then the envelope of the answer", async () => {
    const flags = ["--json", "--sender", "urn:asap:agent:me", "--recipient", "urn:asap:agent:echo-agent"];
    const { code, out } = await asap(["call", agent.url, ...slow, ...flags]);
    const lines = out.trim().split("\n");
    const [first, second, answer] = lines.map((line): unknown => JSON.parse(line));
    expect([code, lines.length]).toEqual([0, 3]);
    expect(first).toMatchObject({ status: "working", progress: { percent: 50, message: "step 1 of 2" } });
    expect(second).toMatchObject({ progress: { percent: 100 } });
    expect(answer).toMatchObject({ recipient: "urn:asap:agent:me", payload: { status: "completed" } });
  });

  test("call --stream tells errors as call does", async () => {
    expect(await asap(["call", agent.url, "nope", "{}", "--stream"])).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringContaining("(asap:transport/remote_error)"),
    });
    expect(await asap(["call", nobody, "slow", "{}", "--stream", "--timeout", "0.05"])).toMatchObject({
      code: 2,
      out: "",
    });
  });

  test.each(["", "/", "/asap", "/asap/ws", "/asap/ws/"])(
    "call takes the URL of a WebSocket that ends in '%s'",
    async (path) => {
      const { code, out, err } = await asap([
        "call",
        agent.url.replace("http", "ws") + path,
        "echo",
        '{"n":1}',
        "--json",
      ]);
      expect([code, err]).toEqual([0, ""]);
      expect(JSON.parse(out)).toMatchObject({
        sender: "urn:asap:agent:echo-agent",
        payload: { status: "completed", result: { echoed: { n: 1 } } },
      });
    },
  );

  test.each([
    ["nope", "{}", "nope"],
    ["slow", '{"steps":0}', "steps"],
  ])("call of %s with %s ends with 1 and says why", async (skill, input, why) => {
    const { code, out, err } = await asap(["call", agent.url, skill, input]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^asap: .*\(asap:transport\/remote_error\)\n$/);
    expect(err).toContain(why);
  });

  test("a sender that is no URN ends with 1 before anything is sent", async () => {
    expect(
      await asap(["call", nobody, "echo", "{}", "--sender", "me", "--recipient", "urn:asap:agent:b"]),
    ).toMatchObject({
      code: 1,
      err: expect.stringContaining("asap:protocol/malformed_envelope"),
    });
  });

  test("discover prints the manifest with both skills (DISC-002)", async () => {
    for (const flags of [[], ["--json"]]) {
      const { code, out, err } = await asap(["discover", agent.url, ...flags]);
      expect([code, err]).toEqual([0, ""]);
      const manifest: { id: string; capabilities: { skills: { id: string }[] } } = JSON.parse(out);
      expect(manifest.id).toBe("urn:asap:agent:echo-agent");
      expect(manifest.capabilities.skills.map(({ id }) => id)).toEqual(["echo", "slow"]);
    }
  });

  test("health prints the health (HEALTH-004)", async () => {
    const { code, out } = await asap(["health", agent.url, "--json"]);
    expect([code, JSON.parse(out).status]).toEqual([0, "healthy"]);
  });

  test("an agent that is not reached ends each of them with 2", async () => {
    for (const argv of [
      ["discover", nobody],
      ["health", nobody],
      ["call", nobody, "echo", "{}", "--timeout", "0.05"],
    ]) {
      const { code, out, err } = await asap(argv);
      expect([code, out]).toEqual([2, ""]);
      expect(err).toMatch(/^asap: [^\n]+ \(asap:transport\/(?:connection_failed|timeout)\)\n$/);
    }
  });
});

describe("asap discover, health", () => {
  test.each(["discover", "health"])("%s asks an agent in a private network where that is allowed", async (command) => {
    const argv = [command, "http://10.255.255.254:8000", "--allow-insecure", "--timeout", "0.2"];
    const refused = await asap(argv);
    expect(refused).toEqual({
      code: 64,
      out: "",
      err: "asap: The address 10.255.255.254 is not allowed: it is private, and allowPrivate is not set. Give --allow-private. (asap:transport/address_refused)\n",
    });
    expect((await asap([...argv, "--allow-private"])).err).not.toContain("is not allowed");
  });
});

describe("asap serve", () => {
  test("takes another agent id", async () => {
    const agent = await serve(["--agent-id", "urn:asap:agent:acme:other"]);
    expect(JSON.parse((await asap(["discover", agent.url])).out).id).toBe("urn:asap:agent:acme:other");
    expect(await agent.stop()).toBe(0);
  });

  const post = (url: string, body: string) =>
    fetch(`${url}/asap`, { method: "POST", body }).then(({ status }) => status);

  test.each([
    [["--rate-limit", "2/minute"], {}],
    [[], { ASAP_RATE_LIMIT: "2 per minute" }],
    [["--rate-limit", "2/minute"], { ASAP_RATE_LIMIT: "off" }],
  ])("limits the rate with %j and %j", async (flags, env) => {
    const agent = await serve(flags, env);
    expect([await post(agent.url, "{}"), await post(agent.url, "{}"), await post(agent.url, "{}")]).toEqual([
      200, 200, 429,
    ]);
    await agent.stop();
  });

  test("limits the size of a request by ASAP_MAX_REQUEST_SIZE", async () => {
    const agent = await serve([], { ASAP_MAX_REQUEST_SIZE: "100" });
    expect([await post(agent.url, "x".repeat(100)), await post(agent.url, "x".repeat(101))]).toEqual([200, 413]);
    await agent.stop();
  });

  test("logs to standard error as ASAP_LOG_LEVEL and ASAP_LOG_FORMAT say", async () => {
    const agent = await serve([], { ASAP_LOG_LEVEL: "DEBUG", ASAP_LOG_FORMAT: "json" });
    await asap(["call", agent.url, "echo", "{}"]);
    await agent.stop();
    const lines: { event: string; level: string }[] = agent
      .err()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ event, level }) => `${level} ${event}`)).toContain("debug asap.request.received");
    expect(agent.out()).toMatch(/^listening on \S+\n$/);
  });

  test("logs as text by default, from the level info on", async () => {
    const agent = await serve([], { ASAP_LOG_LEVEL: "debug" });
    await asap(["call", agent.url, "echo", "{}"]);
    await agent.stop();
    expect(agent.err()).toMatch(/^\S+Z debug asap\.request\.received .*sender=urn:asap:agent:client/m);
    const quiet = await serve();
    await asap(["call", quiet.url, "echo", "{}"]);
    await quiet.stop();
    expect(quiet.err()).toBe("");
  });

  test("ends with 2 when the port is taken", async () => {
    const agent = await serve();
    const { code, err } = await asap(["serve", "--port", new URL(agent.url).port]);
    expect(code).toBe(2);
    expect(err).toMatch(/^asap: Cannot listen on [^\n]+\(asap:transport\/connection_failed\)\n$/);
    await agent.stop();
  });
});

describe("updates of strangers", () => {
  test("are printed on one line each, without terminal controls, partial results as JSON", async () => {
    const update = (progress: object | null, n: number) => ({
      id: `u${n}`,
      asap_version: "0.1",
      sender: "urn:asap:agent:b",
      recipient: "urn:asap:agent:client",
      payload_type: "TaskUpdate",
      payload: { task_id: "t", update_type: "progress", status: "working", progress },
    });
    const { url, server } = await listen((envelope) => {
      const progresses = [{ percent: 100 / 3, message: "a\u001b[31m\nb" }, { word: "hi" }, null];
      const frames = progresses.map((progress, n) => ({ ...update(progress, n), correlation_id: envelope["id"] }));
      const answer = {
        ...update(null, 9),
        payload_type: "task.response",
        payload: { task_id: "t", status: "completed" },
      };
      const events = frames.map((pushed) => ({ jsonrpc: "2.0", result: { envelope: pushed }, id: null }));
      const last = { jsonrpc: "2.0", result: { envelope: { ...answer, correlation_id: envelope["id"] } }, id: "req-1" };
      return [...events, last].map((frame) => `data: ${JSON.stringify(frame)}\n\n`).join("");
    });
    const { code, out } = await asap(["call", url, "any", "{}", "--stream"]);
    expect([code, out]).toEqual([0, '33.3 % a b\n{"word":"hi"}\nworking\n{}\n']);
    server.closeAllConnections();
    server.close();
  });
});

describe("agents that are not well", () => {
  const health = { status: "unhealthy", agent_id: "urn:asap:agent:a", version: "1.0.0", uptime_seconds: 1 };

  test.each([
    [503, JSON.stringify(health), "asap:discovery/unhealthy", true],
    [200, JSON.stringify(health), "asap:discovery/unhealthy", true],
    [200, "{}", "asap:discovery/health_invalid", false],
    [404, "", "asap:transport/http_status", false],
  ])("health ends with 1 for status %i and %s (HEA-007)", async (status, body, named, printed) => {
    const { url, server } = await listen(status, body);
    const { code, out, err } = await asap(["health", url]);
    expect(code).toBe(1);
    expect(err).toContain(`(${named})`);
    expect(out !== "").toBe(printed);
    server.closeAllConnections();
    server.close();
  });

  test("discover ends with 1 where there is no manifest", async () => {
    const { url, server } = await listen(200, "[]");
    expect(await asap(["discover", url])).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringContaining("asap:discovery/manifest_invalid"),
    });
    server.closeAllConnections();
    server.close();
  });

  test.each([
    ["failed", 1],
    ["working", 1],
    ["completed", 0],
  ])("call ends for a task with the status %s with %i", async (status, code) => {
    const server = createServer((request, response) => {
      if (request.method === "GET") return void response.writeHead(404).end();
      let body = "";
      request.on("data", (chunk) => {
        body += String(chunk);
      });
      request.on("end", () => {
        const { id, params } = JSON.parse(body);
        const { envelope } = params;
        const reply = {
          ...envelope,
          id: "reply",
          payload_type: "task.response",
          payload: { task_id: "t", status },
          correlation_id: envelope.id,
        };
        response.end(JSON.stringify({ jsonrpc: "2.0", result: { envelope: reply }, id }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const plain = await asap(["call", url, "any", "{}", "--recipient", "urn:asap:agent:b"]);
    expect([plain.code, plain.out]).toEqual([code, code === 0 ? "{}\n" : ""]);
    expect(plain.err === "").toBe(code === 0);
    if (code === 1) expect(plain.err).toContain(`${status}. (asap:task/not_completed)`);
    const json = await asap(["call", url, "any", "{}", "--recipient", "urn:asap:agent:b", "--json"]);
    expect([json.code, JSON.parse(json.out).payload.status]).toEqual([code, status]);
    server.closeAllConnections();
    server.close();
  });
});
