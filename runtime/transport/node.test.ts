import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AgentOptions, createAgent } from "../agent.js";
import { skill } from "../skill.js";
import { answersOf, ask, httpText, overSocket, taskText } from "../testing/asap-request.js";
import { type ServeOptions, type Server, serve } from "./node.js";

const limit = 100_000;
const running: Server[] = [];
const track = (server: Server): Server => {
  running.push(server);
  return server;
};
let aborted = 0;
const start = async (options: ServeOptions = {}): Promise<Server> => {
  const echo = skill({ description: "Echo", run: (input) => ({ echoed: input }) });
  const slow = skill({
    description: "Slow",
    run: async (_input, call) => {
      call.signal.addEventListener("abort", () => aborted++);
      await wait(50);
      return { done: true };
    },
  });
  const agent = createAgent({ id: "urn:asap:agent:server", skills: { echo, slow } });
  return track(await serve(agent, { port: 0, rateLimit: "off", maxRequestBytes: limit, ...options }));
};
let server: Server;
beforeAll(async () => {
  server = await start();
});
afterAll(() => Promise.all(running.map((each) => each.close())));

const statuses = async (...parts: readonly (string | Uint8Array)[]) =>
  answersOf(await overSocket(server.port, ...parts)).map(({ status }) => status);
const healthy = async () => (await fetch(`${server.url}/health`)).status;

describe("requests in pieces", () => {
  test("HTTP-015: a request that comes byte by byte, also within a character, is answered", async () => {
    const text = httpText(taskText({ input: { message: "é😀" } }));
    const bytes = Buffer.from(text);
    const cut = bytes.indexOf(Buffer.from("😀")) + 2;
    const pieces = [bytes.subarray(0, 3), bytes.subarray(3, 40), bytes.subarray(40, cut), bytes.subarray(cut)];
    const [answer] = answersOf(await overSocket(server.port, ...pieces));
    expect(answer?.body).toContain('"message":"é😀"');
  });

  test("HTTP-015: chunked bodies are put together", async () => {
    const body = taskText();
    const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
    const head = "POST /asap HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    const [answer] = answersOf(
      await overSocket(server.port, head + chunk(body.slice(0, 9)), `${chunk(body.slice(9))}0\r\n\r\n`),
    );
    expect(answer?.body).toContain('"result"');
  });

  test("several requests on one connection are answered in order, also when the first takes longer", async () => {
    const keep = (text: string) => httpText(text).replace("Connection: close\r\n", "");
    const raw = await overSocket(
      server.port,
      keep(taskText({ root: { id: 1 }, payload: { skill_id: "slow" } })) +
        keep(taskText({ root: { id: 2 } })) +
        "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n" +
        httpText(taskText({ root: { id: 3 } })),
    );
    const bodies = answersOf(raw).map(({ body }) => JSON.parse(body) as { id?: number; status?: string });
    expect(bodies.map(({ id, status }) => id ?? status)).toEqual([1, 2, "ok", 3]);
  });

  test("Expect: 100-continue is granted, and refused with 413 for too large a body", async () => {
    const body = taskText();
    const expecting = (length: number) =>
      `POST /asap HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`;
    const raw = await overSocket(server.port, expecting(Buffer.byteLength(body)), body);
    expect(raw.startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")).toBe(true);
    const refused = await overSocket(server.port, expecting(limit + 1));
    expect(refused.startsWith("HTTP/1.1 413 ")).toBe(true);
  });

  test("HTTP-006: a GET that declares too much is 413 and the connection ends", async () => {
    const raw = await overSocket(
      server.port,
      `GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${limit + 1}\r\n\r\n`,
    );
    const [answer] = answersOf(raw);
    expect(answer?.status).toBe(413);
    expect(answer?.headers["connection"]).toBe("close");
    expect(answer?.body).toBe(`{"detail":"Request size (${limit + 1} bytes) exceeds maximum (${limit} bytes)"}`);
    const gigabyte = await overSocket(
      server.port,
      "POST /asap HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1073741824\r\n\r\n{",
    );
    expect(answersOf(gigabyte)[0]?.status).toBe(413);
  });

  test("HTTP-004: a peer that sends far too much reads its 413 all the same", async () => {
    const body = "x".repeat(5_000_000);
    for (const init of [{ body }, { body: new Blob([body]).stream(), duplex: "half" }]) {
      const answer = await fetch(`${server.url}/asap`, { method: "POST", ...init } as RequestInit);
      expect(answer.status).toBe(413);
      await answer.text();
    }
  });

  test("HTTP-004: a peer that sends all before it reads finds its 413", async () => {
    for (const head of ["Content-Length: 3000000", "Content-Length: 3000000\r\nExpect: 100-continue"]) {
      const socket = connect(server.port, "127.0.0.1");
      await once(socket, "connect");
      socket.write(`POST /asap HTTP/1.1\r\nHost: localhost\r\n${head}\r\n\r\n`);
      for (let n = 0; n < 30; n++) {
        await wait(1);
        expect(await new Promise((resolve) => socket.write("x".repeat(100_000), resolve))).toBeFalsy();
      }
      const [chunk] = (await once(socket, "data")) as [Buffer];
      expect(chunk.toString()).toMatch(/^HTTP\/1\.1 413 /);
      await new Promise((resolve) => socket.on("close", resolve));
    }
  });

  test("HTTP-004: a peer that never stops is cut off", async () => {
    let sent = 0;
    const socket = connect(server.port, "127.0.0.1");
    const ended = new Promise((resolve) => socket.on("close", resolve));
    socket.on("error", () => {});
    socket.resume();
    socket.write("POST /asap HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    const chunk = `${(65_536).toString(16)}\r\n${"x".repeat(65_536)}\r\n`;
    const more = () => {
      while (!socket.destroyed && socket.write(chunk)) sent += 65_536;
      sent += 65_536;
    };
    socket.on("drain", more);
    more();
    await ended;
    expect(sent).toBeLessThan(64_000_000);
    expect(await healthy()).toBe(200);
  });
});

describe("requests that are no HTTP or want to be two", () => {
  const body = taskText();
  const length = `Content-Length: ${body.length}`;
  test.each([
    ["TE and CL", `POST /asap HTTP/1.1\r\nHost: localhost\r\n${length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ["two lengths", `POST /asap HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n${length}\r\n\r\n${body}`],
    ["a length with a sign", `POST /asap HTTP/1.1\r\nHost: localhost\r\nContent-Length: +5\r\n\r\n${body}`],
    ["a length in hex", `POST /asap HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0x5\r\n\r\n${body}`],
    ["a negative length", `POST /asap HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n${body}`],
    ["a folded header", `POST /asap HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\nContent-Length : 5\r\n\r\n${body}`],
    ["a space before the colon", `POST /asap HTTP/1.1\r\nHost: localhost\r\nContent-Length : 5\r\n\r\n${body}`],
    ["a bare CR", `POST /asap HTTP/1.1\r\nHost: localhost\rX: y\r\n\r\n${body}`],
    ["a NUL in a header", `POST /asap HTTP/1.1\r\nHost: a\0\r\n\r\n${body}`],
    [
      "an unknown transfer coding",
      "POST /asap HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    ],
    ["a chunk size that is none", "POST /asap HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
    ["no HTTP at all", "\u0016\u0003\u0001\u0002hello\r\n\r\n"],
  ])("%s: 400 and the connection ends", async (_name, text) => {
    const raw = await overSocket(server.port, Buffer.from(text, "latin1"));
    expect(raw).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(raw.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(await healthy()).toBe(200);
  });

  test("headers over 16 KiB are 431", async () => {
    expect(
      await overSocket(server.port, `GET /health HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(20_000)}\r\n\r\n`),
    ).toMatch(/^HTTP\/1\.1 431 /);
  });

  test("odd targets are 404, never a failure", async () => {
    for (const target of ["*", "//asap", "/%61sap", "/asap%00", "/../asap", "/?", "/\\", "/asap;x"]) {
      expect(await statuses(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)).toEqual([404]);
    }
    expect(await statuses("GET /health?a=/../b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).toEqual([
      200,
    ]);
  });

  test("a target may be a whole URL (RFC 9112 section 3.2.2)", async () => {
    const at = (target: string) => statuses(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect(await at(`http://127.0.0.1:${server.port}/health`)).toEqual([200]);
    expect(await at("HTTP://other.example/health?a=b")).toEqual([200]);
    for (const target of ["http://a", "http://a?/health", "ftp://a/health"]) {
      expect(await at(target)).toEqual([404]);
    }
  });

  test("the wish for another protocol is ignored, with and without a body (HTTP-013)", async () => {
    const head = "HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\n";
    expect(await statuses(`GET /health ${head}HTTP2-Settings: AAMAAABk\r\n\r\n`)).toEqual([200]);
    expect(await statuses(`GET /asap/ws ${head}\r\n`)).toEqual([404]);
    const text = taskText();
    expect(await statuses(`POST /asap ${head}Content-Length: ${text.length}\r\n\r\n${text}`)).toEqual([200]);
  });

  test("an upgrade to WebSocket without a key is 400", async () => {
    const upgrade = "Connection: Upgrade, close\r\nUpgrade: websocket\r\n";
    expect(await statuses(`GET /asap/ws HTTP/1.1\r\nHost: localhost\r\n${upgrade}\r\n`)).toEqual([400]);
  });
});

describe("peers that go away or dawdle", () => {
  test("one that leaves in the middle of its body or before its answer hurts nobody", async () => {
    const text = httpText(taskText({ payload: { skill_id: "slow" } }));
    for (const part of [text.slice(0, 30), text.slice(0, -5), text]) {
      for (const end of ["destroy", "resetAndDestroy"] as const) {
        const socket = connect(server.port, "127.0.0.1");
        await once(socket, "connect");
        socket.write(part);
        await wait(10);
        socket[end]();
      }
    }
    await wait(80);
    expect(await healthy()).toBe(200);
    expect(aborted).toBe(0);
  });

  test("one that leaves in the middle of a long answer hurts nobody", async () => {
    const wide = await start({ maxRequestBytes: 10_000_000 });
    for (let n = 0; n < 5; n++) {
      const socket = connect(wide.port, "127.0.0.1");
      socket.write(httpText(taskText({ input: { message: "x".repeat(5_000_000) } })));
      await once(socket, "data");
      socket.destroy();
    }
    expect((await fetch(`${wide.url}/health`)).status).toBe(200);
  });

  test("headers and bodies that do not come in time are 408", async () => {
    const hasty = await start({ headersTimeoutMs: 300, requestTimeoutMs: 300 });
    for (const part of [
      "POST /asap HTTP/1.1\r\nHost:",
      `POST /asap HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{`,
    ]) {
      expect(await overSocket(hasty.port, part)).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    }
    expect(
      await ask({ receive: (body) => fetch(`${hasty.url}/asap`, { method: "POST", body }).then((a) => a.text()) }),
    ).toHaveProperty("result");
  });

  test("an idle connection is closed", async () => {
    const brief = await start({ keepAliveTimeoutMs: 50 });
    const raw = await overSocket(brief.port, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    expect(answersOf(raw)[0]?.body).toBe('{"status":"ok"}');
  });
});

describe("functions of the user that throw", () => {
  const served = async (options: Partial<AgentOptions>) => {
    const later = skill({
      description: "Later",
      run: async (input) => {
        await wait(1);
        if (input["fails"] === true) throw new Error("canary");
        return {};
      },
    });
    const agent = createAgent({ id: "urn:asap:agent:server", skills: { later }, ...options });
    const { url } = track(await serve(agent, { port: 0, rateLimit: "off" }));
    const send = async (input: Record<string, unknown> = {}) => {
      const body = taskText({ payload: { skill_id: "later", input } });
      const answer = await fetch(`${url}/asap`, { method: "POST", body });
      return [answer.status, await answer.text()] as const;
    };
    return { send };
  };

  test("a log that throws costs no answer", async () => {
    const fail = () => {
      throw new Error("canary");
    };
    const { send } = await served({ log: { debug: fail, error: fail } });
    expect(await send()).toEqual([200, expect.stringContaining('"result"')]);
    expect(await send({ fails: true })).toEqual([200, expect.stringContaining('"Internal server error"')]);
  });

  test("a clock that throws, before a message is read or after its work is done, gives 500", async () => {
    let left = Number.POSITIVE_INFINITY;
    const now = () => {
      if (left-- <= 0) throw new Error("canary");
      return 1_000;
    };
    const { send } = await served({ now });
    for (const calls of [0, 1, 3]) {
      left = calls;
      expect(await send()).toEqual([500, '{"detail":"Internal Server Error"}']);
    }
    left = Number.POSITIVE_INFINITY;
    expect((await send())[0]).toBe(200);
  });
});

describe("serve()", () => {
  test("listens on a free port of this host and says where", async () => {
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    expect(server.port).toBeGreaterThan(0);
    const manifest = (await (await fetch(`${server.url}/.well-known/asap/manifest.json`)).json()) as {
      endpoints: unknown;
    };
    const events = `${server.url.replace("http", "ws")}/asap/ws`;
    expect(manifest.endpoints).toEqual({ asap: `${server.url}/asap`, events });
  });

  test("names another URL in the manifest when told", async () => {
    const behind = await start({ publicUrl: "https://agent.example/base/" });
    const manifest = (await (await fetch(`${behind.url}/.well-known/asap/manifest.json`)).json()) as {
      endpoints: unknown;
    };
    expect(manifest.endpoints).toEqual({
      asap: "https://agent.example/base/asap",
      events: "wss://agent.example/base/asap/ws",
    });
  });

  test("an address in use is a typed error", async () => {
    const other = createServer();
    other.listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    await expect(start({ port })).rejects.toMatchObject({
      code: "asap:transport/connection_failed",
      message: `Cannot listen on 127.0.0.1:${port}: EADDRINUSE`,
    });
    other.close();
  });

  test("limits that cannot be used, and a schema that does not compile, are errors before it listens", async () => {
    await expect(start({ rateLimit: "often" })).rejects.toMatchObject({ code: "asap:config/invalid_option" });
    for (const maxRequestBytes of [-1, Number.NaN]) {
      await expect(start({ maxRequestBytes })).rejects.toMatchObject({ data: { option: "maxRequestBytes" } });
    }
    const unusable: [keyof ServeOptions, ServeOptions][] = [
      ["port", { port: 65_536 }],
      ["port", { port: 1.5 }],
      ["headersTimeoutMs", { headersTimeoutMs: 30_001 }],
      ["requestTimeoutMs", { requestTimeoutMs: -1 }],
      ["keepAliveTimeoutMs", { keepAliveTimeoutMs: Number.NaN }],
    ];
    for (const [option, options] of unusable) {
      await expect(start(options)).rejects.toMatchObject({ code: "asap:config/invalid_option", data: { option } });
    }
    const bad = skill({ description: "Bad", input: { type: "thing" }, run: () => ({}) });
    const agent = createAgent({ id: "urn:asap:agent:server", skills: { bad } });
    await expect(serve(agent, { port: 0 })).rejects.toMatchObject({ data: { option: "skills.bad.input" } });
  });

  test("a short wait for requests shortens the one for headers; 0 is no limit", async () => {
    for (const requestTimeoutMs of [5_000, 0]) {
      const { url } = await start({ requestTimeoutMs });
      expect((await fetch(`${url}/health`)).status).toBe(200);
    }
  });

  test("IPv6 addresses are written in brackets", async () => {
    const six = await start({ host: "::1" }).catch((cause: unknown) => cause as Error);
    if (six instanceof Error) expect(six.message).toMatch(/^Cannot listen on ::1:0: /);
    else expect((await fetch(`${six.url}/health`)).status).toBe(200);
  });
});
