import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { exitCode, judgeServer, type Report, renderText } from "./index.js";

vi.setConfig({ testTimeout: 120_000 });
const running: Server[] = [];
const sockets = new Set<Socket>();

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(running.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function listen(server: Server): Promise<string> {
  running.push(server);
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const http = (listener: RequestListener) => listen(createServer(listener));
const tcp = (onSocket: (socket: Socket) => void) => listen(createTcpServer(onSocket));

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
  type = "application/json",
  status = 200,
): void {
  request.resume();
  response.writeHead(status, { "Content-Type": type }).end(body);
}

async function read(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

const passes = (report: Report) => report.cases.filter(({ outcome }) => outcome === "pass").map(({ id }) => id);
const brief = { timeoutMs: 1500 };

const invalidRequest = JSON.stringify({
  jsonrpc: "2.0",
  error: {
    code: -32600,
    message: "Invalid request",
    data: { error: "no", validation_errors: [{ type: "x", loc: ["id"], msg: "y" }] },
  },
  id: null,
});

const answering: readonly [name: string, listener: RequestListener][] = [
  ["answers {} to everything", (request, response) => answer(request, response, "{}")],
  ["answers 200 without a body", (request, response) => answer(request, response, "")],
  [
    "answers 404 to everything",
    (request, response) => answer(request, response, '{"detail":"Not Found"}', "application/json", 404),
  ],
  ["answers an HTML page", (request, response) => answer(request, response, "<!doctype html><p>hello", "text/html")],
  [
    "answers -32600 to everything",
    (request, response) =>
      void read(request).then(
        () => answer(request, response, invalidRequest),
        () => {},
      ),
  ],
  [
    "echoes the request",
    (request, response) =>
      void read(request).then(
        (body) => answer(request, response, body),
        () => {},
      ),
  ],
];

describe("judgeServer() of agents that are none", () => {
  it.each(answering)("passes no case of a server that %s", async (_, listener) => {
    const report = await judgeServer(await http(listener), brief);
    expect(passes(report)).toEqual([]);
    expect(report.counts.run).toBe(report.counts.planned);
    expect(report.outcome).toBe("findings");
    expect(exitCode(report)).toBe(1);
  });

  it("stops reading an answer without end and gives a verdict", async () => {
    const block = Buffer.alloc(65_536, " ");
    let written = 0;
    const url = await http((request, response) => {
      request.resume();
      response.writeHead(200, { "Content-Type": "application/json", "Content-Length": String(2 ** 30) });
      if (request.method === "HEAD") return response.end();
      const more = () => {
        while (!response.destroyed && response.write(block)) written += block.length;
      };
      response.on("drain", more).on("error", () => {});
      more();
    });
    const report = await judgeServer(url, { only: ["discovery"] });
    expect(passes(report)).toEqual([]);
    expect(report.cases[0]?.found).toMatch(/longer than 1048576 bytes/);
    expect(exitCode(report)).toBe(1);
    expect(written).toBeLessThan(2 ** 29);
  });

  it.each([
    ["line breaks and spaces", "\n   ".repeat(200_000)],
    ["arrays in arrays", `{"error":${"[".repeat(400_000)}${"]".repeat(400_000)}}`],
    ["members without end", `{${Array.from({ length: 60_000 }, (_, at) => `"m${at}":{}`).join()}}`],
  ])("judges an agent that answers %s in the time of any other", async (_, body) => {
    const url = await http((request, response) => answer(request, response, body));
    const report = await judgeServer(url, {
      only: ["discovery", "errors", "metrics", "jsonrpc.answer.*"],
      totalTimeoutMs: 90_000,
    });
    expect(passes(report)).toEqual([]);
    expect(report.counts.error).toBe(0);
    expect(exitCode(report)).toBe(1);
  });

  it("gives no score to a port nobody listens on", async () => {
    const url = await tcp(() => {});
    await new Promise((resolve) => running.pop()?.close(resolve));
    const report = await judgeServer(url);
    expect(report).toMatchObject({ outcome: "could-not-run", counts: { pass: 0, fail: 0, run: 0 }, cases: [] });
    expect(report.reason).toMatch(/no connection to 127\.0\.0\.1:\d+: ECONNREFUSED/);
    expect(exitCode(report)).toBe(2);
    expect(renderText(report)).toMatch(/COULD NOT RUN: no answer from the agent.*score n\/a/);
  });

  it("gives no score to a server that never answers", async () => {
    const report = await judgeServer(await tcp((socket) => socket.resume()), brief);
    expect(report.outcome).toBe("could-not-run");
    expect(report.reason).toMatch(/no complete answer within 1500 ms/);
    expect(exitCode(report)).toBe(2);
  });

  it("gives no score to a server that resets every connection", async () => {
    const report = await judgeServer(await tcp((socket) => socket.once("data", () => socket.resetAndDestroy())));
    expect(report.reason).toMatch(/closed without an answer/);
    expect(exitCode(report)).toBe(2);
  });

  it("gives no score to a server that speaks something else", async () => {
    const report = await judgeServer(await tcp((socket) => socket.end("220 mail.example ESMTP\r\n\r\n")));
    expect(report.reason).toMatch(/does not start with HTTP/);
    expect(exitCode(report)).toBe(2);
  });

  it("does not send on to a route that never answers", async () => {
    let posts = 0;
    const url = await http((request, response) => {
      request.resume();
      if (request.method !== "POST") return answer(request, response, "{}");
      posts += 1;
    });
    const report = await judgeServer(url, { timeoutMs: 1000, only: ["envelope", "jsonrpc", "task"] });
    expect(passes(report)).toEqual([]);
    expect(exitCode(report)).toBe(1);
    expect(posts).toBeLessThan(40);
    expect(report.cases.some(({ found }) => /not sent: \d+ requests/.test(found ?? ""))).toBe(true);
  });

  it("gives up on an agent that refuses everything by its rate limit", async () => {
    const url = await http((request, response) => {
      request.resume();
      response.writeHead(429, { "Retry-After": "1" }).end();
    });
    const report = await judgeServer(url, { maxWaitMs: 1500, only: ["task.*"] });
    expect(passes(report)).toEqual([]);
    expect(report.counts.error).toBeGreaterThan(0);
    expect(report.outcome).toBe("could-not-run");
    expect(report.reason).toMatch(/^\d+ of \d+ cases could not be judged$/);
    expect(exitCode(report)).toBe(2);
  });
});

describe("judgeServer() of an agent with a rate limit", () => {
  it("waits when Retry-After names a date", async () => {
    let posts = 0;
    const url = await http((request, response) => {
      if (request.method === "POST") posts += 1;
      if (posts !== 2) return answer(request, response, "{}");
      request.resume();
      posts += 1;
      response.writeHead(429, { "Retry-After": new Date(Date.now() + 1000).toUTCString() }).end();
    });
    const report = await judgeServer(url, { only: ["task.echo"], maxWaitMs: 2000 });
    expect(report.cases.map(({ outcome }) => outcome)).toEqual(["fail"]);
    expect(report.waitedMs).toBeGreaterThan(0);
  });
});

describe("judgeServer() before the cases", () => {
  it("says that a token is wanted", async () => {
    const url = await http((request, response) =>
      answer(request, response, '{"detail":"Authentication required"}', "application/json", 401),
    );
    expect((await judgeServer(url)).reason).toBe(
      "the agent wants a token (401) and none was given (--token, or --issuer-port for tokens of the suite)",
    );
    expect((await judgeServer(url, { token: "not-this-one" })).reason).toBe("the agent refuses the token (401)");
  });

  it("says for which sender a token is refused", async () => {
    const error = {
      code: -32602,
      message: "Invalid params",
      data: { error: "Sender does not match", status_code: 403 },
    };
    const url = await http((request, response) =>
      answer(request, response, JSON.stringify({ jsonrpc: "2.0", error, id: null })),
    );
    expect((await judgeServer(url, { token: "of-another", sender: "urn:asap:agent:me" })).reason).toBe(
      "the agent refuses the token for the sender urn:asap:agent:me (403)",
    );
  });

  it("says which skills there are when the agent has none of that name", async () => {
    const manifest = { capabilities: { skills: [{ id: "translate" }, { id: "sum" }] } };
    const url = await http((request, response) => answer(request, response, JSON.stringify(manifest)));
    expect((await judgeServer(url)).reason).toBe(
      "the manifest lists no skill echo; choose one of translate, sum and give it an input",
    );
    expect((await judgeServer(url, { skill: "translate", only: ["discovery.served"] })).outcome).toBe("findings");
  });

  it("cannot run a selection that is empty", async () => {
    const report = await judgeServer("http://127.0.0.1:1", { only: ["no.such.case"] });
    expect(report).toMatchObject({ outcome: "could-not-run", reason: "no case is called that" });
    expect(exitCode(report)).toBe(2);
  });

  it("refuses options that make no sense", async () => {
    await expect(judgeServer("ftp://example.org")).rejects.toThrow(TypeError);
    await expect(judgeServer("nowhere")).rejects.toThrow(TypeError);
    await expect(judgeServer("http://me:pass@localhost")).rejects.toThrow(/the URL holds credentials/);
    await expect(judgeServer("http://localhost", { timeoutMs: 0 })).rejects.toThrow(
      /timeoutMs is no positive integer: 0/,
    );
    await expect(judgeServer("http://localhost", { headers: { "X-A": "1\r\nX-B: 2" } })).rejects.toThrow(
      /not a header HTTP allows: X-A/,
    );
  });

  it.each([
    [{ issuerPort: 9000, token: "t" }, /a token and a port for an issuer are given together/],
    [{ issuer: "http://localhost:9000" }, /given without a port for the issuer/],
    [{ audience: "a" }, /given without a port for the issuer/],
    [{ issuerPort: 9000, issuer: "login" }, /Invalid URL/],
    [{ issuerPort: 9000, issuer: "ftp://login.example" }, /not an http or https URL/],
    [{ issuerPort: 70_000 }, /issuerPort is no TCP port: 70000/],
    [{ issuerPort: 0 }, /issuerPort is no positive integer: 0/],
  ])("refuses %j", async (options, words) => {
    await expect(judgeServer("http://localhost", options)).rejects.toThrow(words);
  });

  it("cannot run where the port for the issuer is taken", async () => {
    const url = await http((request, response) => answer(request, response, "{}"));
    const port = Number(new URL(await tcp(() => {})).port);
    const report = await judgeServer(url, { issuerPort: port });
    expect(report).toMatchObject({ outcome: "could-not-run", reason: `the issuer cannot listen on 127.0.0.1:${port}` });
    expect(exitCode(report)).toBe(2);
  });

  it("stops when the whole run takes too long", async () => {
    const url = await http((request, response) => void setTimeout(() => answer(request, response, "{}"), 50));
    const report = await judgeServer(url, { totalTimeoutMs: 300, concurrency: 1 });
    expect(report).toMatchObject({
      outcome: "could-not-run",
      reason: "the run took longer than 300 ms (--total-timeout)",
    });
    expect(report.counts.error).toBeGreaterThan(100);
    expect(exitCode(report)).toBe(2);
  });

  it("stops when it is told to", async () => {
    const url = await http((request, response) => answer(request, response, "{}"));
    const stop = new AbortController();
    const report = await judgeServer(url, {
      signal: stop.signal,
      concurrency: 1,
      onCase: (_, done) => done === 5 && stop.abort(),
    });
    expect(report).toMatchObject({ outcome: "could-not-run", reason: "the run was stopped" });
    expect(report.counts.error).toBeGreaterThan(100);
    expect(exitCode(report)).toBe(2);
  });
});

describe("what judgeServer() tells of a secret", () => {
  it("leaves token and headers out of every report", async () => {
    const url = await http((request, response) => answer(request, response, JSON.stringify(request.headers)));
    const report = await judgeServer(url, {
      token: "tok-5ecret",
      headers: { "X-Api-Key": "key-5ecret" },
      only: ["health", "task"],
    });
    expect(/.{0,40}5ecret/.exec(JSON.stringify(report))).toBeNull();
    expect(report.cases[0]?.exchanges?.at(-1)?.sent).toContain("Authorization: ***");
    expect(report.cases[0]?.replay).toContain('-H "authorization: $ASAP_AUTHORIZATION"');
  });
});
