import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { answers, saidBy, talk } from "./conversation.js";
import { sampleContext } from "./sample-context.js";
import { bytesOf, createWire, type Wire, type WireOptions } from "./wire.js";

const options: WireOptions = { timeoutMs: 1000, maxResponseBytes: 4096, headers: {}, now: Date.now };
const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const open: { server: Server | null; wire: Wire; sockets: Set<Socket> }[] = [];

afterEach(async () => {
  for (const { server, wire, sockets } of open.splice(0)) {
    wire.close();
    for (const socket of sockets) socket.destroy();
    await new Promise<unknown>((resolve) => (server === null ? resolve(null) : server.close(resolve)));
  }
});

async function against(
  onSocket: (socket: Socket, nth: number) => void,
  more: Partial<WireOptions> = {},
): Promise<Wire> {
  const sockets = new Set<Socket>();
  let nth = 0;
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    nth += 1;
    onSocket(socket, nth);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const wire = createWire(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { ...options, ...more });
  open.push({ server, wire, sockets });
  return wire;
}

const get = { method: "GET", path: "/" };

describe("an answer that must have no body", () => {
  it("is told with the body that follows it, at once or a moment later", async () => {
    const head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
    const bodies = ["", "{}", "late"];
    const wire = await against((socket) => {
      socket.on("data", () => {
        const body = bodies.shift() ?? "";
        socket.write(body === "late" ? head : head + body);
        if (body === "late") setImmediate(() => socket.write("late"));
      });
    });
    const found: string[] = [];
    for (let left = 3; left > 0; left -= 1) {
      const { response } = await wire.exchange({ method: "HEAD", path: "/" });
      found.push(String(response?.body));
    }
    expect(found).toEqual(["", "{}", "late"]);
  });
});

describe("bytesOf()", () => {
  const base = new URL("http://agent.example:8000/base/");
  const text = (...rest: Parameters<typeof bytesOf>) => bytesOf(...rest).toString("latin1");

  it("puts the path under the agent's URL and the caller's headers in", () => {
    expect(text({ method: "GET", path: "/asap" }, base, { "X-Key": "1" })).toBe(
      "GET /base/asap HTTP/1.1\r\nHost: agent.example:8000\r\nX-Key: 1\r\n\r\n",
    );
    expect(text({ method: "GET", path: "/asap", credentials: false }, base, { "X-Key": "1" })).not.toContain("X-Key");
  });

  it("puts a token, or any Authorization headers, in place of the caller's", () => {
    const token = { text: "tok", header: {}, claims: {} };
    const headers = { Authorization: "Bearer own" };
    const lines = (...rest: Parameters<typeof bytesOf>) => text(...rest).match(/^authorization:.*$/gim);
    expect(lines({ ...get, token }, base, headers)).toEqual(["Authorization: Bearer tok"]);
    expect(lines({ ...get, token, authorization: ["a b", "c"] }, base, headers)).toEqual([
      "Authorization: a b",
      "Authorization: c",
    ]);
    expect(lines({ ...get, authorization: [] }, base, headers)).toBeNull();
  });

  it("puts a scheme before the token that is sent, whosever it is, and nothing where there is none", () => {
    const token = { text: "tok", header: {}, claims: {} };
    const lines = (...rest: Parameters<typeof bytesOf>) => text(...rest).match(/^authorization:.*$/gim);
    expect(lines({ ...get, scheme: "bearer" }, base, { authorization: "Bearer own" })).toEqual([
      "authorization: bearer own",
    ]);
    expect(lines({ ...get, scheme: "BEARER", token }, base, {})).toEqual(["Authorization: BEARER tok"]);
    expect(lines({ ...get, scheme: "bearer" }, base, {})).toBeNull();
    expect(lines({ ...get, scheme: "bearer", credentials: false }, base, { Authorization: "Bearer own" })).toBeNull();
  });

  it("frames a body by length, in chunks, or by a length that is wrong", () => {
    expect(text({ method: "POST", path: "/", body: "grün" }, base, {})).toContain("Content-Length: 5\r\n\r\n");
    expect(text({ method: "POST", path: "/", body: "abcde", framing: "chunked" }, base, {})).toContain(
      "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
    );
    expect(text({ method: "POST", path: "/", body: "{}", framing: 99 }, base, {})).toContain(
      "Content-Length: 99\r\n\r\n{}",
    );
  });

  it("writes raw bytes as they are", () => {
    expect(bytesOf({ method: "GET", path: "/", raw: Buffer.from([0, 255]) }, base, { A: "1" })).toEqual(
      Buffer.from([0, 255]),
    );
  });
});

describe("exchange()", () => {
  it("uses a connection again", async () => {
    let connections = 0;
    const wire = await against((socket, nth) => {
      connections = nth;
      socket.on("data", () => socket.write(ok));
    });
    for (let at = 0; at < 3; at += 1) expect((await wire.exchange(get)).response?.body.toString()).toBe("ok");
    expect(connections).toBe(1);
  });

  it("does not use a connection again whose request is unfinished", async () => {
    let connections = 0;
    const wire = await against((socket, nth) => {
      connections = nth;
      socket.on("data", () => socket.write(ok));
    });
    await wire.exchange({ method: "POST", path: "/", body: "{}", framing: 9 });
    await wire.exchange(get);
    expect(connections).toBe(2);
  });

  it("replaces a kept connection that was closed meanwhile", async () => {
    const wire = await against((socket, nth) => {
      let requests = 0;
      socket.on("data", () => {
        requests += 1;
        if (nth === 1 && requests === 2) socket.destroy();
        else socket.write(ok);
      });
    });
    await wire.exchange(get);
    expect((await wire.exchange(get)).response?.status).toBe(200);
  });

  it("passes over interim responses", async () => {
    const wire = await against((socket) => socket.on("data", () => socket.write(`HTTP/1.1 100 Continue\r\n\r\n${ok}`)));
    expect((await wire.exchange(get)).response?.status).toBe(200);
  });

  it("tells a silent peer, a reset, bytes that are no HTTP and an answer without end apart", async () => {
    const failure = async (onSocket: (socket: Socket) => void) =>
      (await (await against(onSocket)).exchange(get)).failure;
    expect(await failure(() => {})).toEqual({ kind: "timeout", message: "no complete answer within 1000 ms" });
    expect((await failure((socket) => socket.destroy()))?.kind).toBe("reset");
    expect((await failure((socket) => socket.end("SSH-2.0-x\r\n")))?.kind).toBe("malformed");
    const endless = (socket: Socket) =>
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n${"x".repeat(9000)}`);
    expect((await failure(endless))?.kind).toBe("too-large");
  });

  it("keeps an answer that came before the connection broke", async () => {
    const wire = await against((socket) =>
      socket.once("data", () => socket.end("HTTP/1.1 413 Too Big\r\nConnection: close\r\n\r\nno")),
    );
    const body = Buffer.alloc(3_000_000);
    expect((await wire.exchange({ method: "POST", path: "/", body })).response?.status).toBe(413);
  });

  it("stops at a signal", async () => {
    const wire = await against(() => {}, { timeoutMs: 60_000 });
    const stop = new AbortController();
    const going = wire.exchange(get, stop.signal);
    stop.abort();
    expect((await going).failure).toEqual({ kind: "not-sent", message: "the run was stopped" });
  });

  it("reads what node:http sends, in chunks and to HEAD", async () => {
    const server = createHttpServer((request, response) => {
      request.resume();
      response.write("one ");
      response.end("two");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const wire = createWire(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, options);
    open.push({ server, wire, sockets: new Set() });
    expect((await wire.exchange(get)).response?.body.toString()).toBe("one two");
    expect((await wire.exchange({ ...get, method: "HEAD" })).response?.body.length).toBe(0);
    expect((await wire.exchange(get)).response?.body.toString()).toBe("one two");
  });

  it("refuses a URL of another scheme", () => {
    expect(() => createWire("ws://127.0.0.1", options)).toThrow(TypeError);
  });
});

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

describe.skipIf(!hasOpenssl)("exchange() over TLS", () => {
  const certificate = () => {
    const folder = mkdtempSync(join(tmpdir(), "asap-wire-"));
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const names = "subjectAltName=DNS:localhost,IP:127.0.0.1";
    const request = [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "1",
    ];
    execFileSync("openssl", [...request, "-subj", "/CN=localhost", "-addext", names, "-keyout", key, "-out", cert], {
      stdio: "ignore",
    });
    const pair = { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
    rmSync(folder, { recursive: true });
    return pair;
  };

  it("trusts the given authority, by name and by address, and no other", async () => {
    const pair = certificate();
    const server = createHttpsServer(pair, (request, response) => {
      request.resume();
      response.end("ok");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    for (const host of ["localhost", "127.0.0.1"]) {
      const wire = createWire(`https://${host}:${port}`, { ...options, timeoutMs: 5000, ca: pair.cert });
      open.push({ server: null, wire, sockets: new Set() });
      expect((await wire.exchange(get)).response?.body.toString()).toBe("ok");
      expect((await wire.exchange(get)).response?.status).toBe(200);
    }
    new WebSocketServer({ server }).on("connection", (socket) => socket.send('{"result":1}'));
    const socketWire = createWire(`https://localhost:${port}`, { ...options, timeoutMs: 5000, ca: pair.cert });
    open.push({ server: null, wire: socketWire, sockets: new Set() });
    const talked = await socketWire.exchange(talk(sampleContext, [answers(1)]));
    expect(saidBy(talked).map(({ text }) => text)).toEqual(['{"result":1}']);
    const distrustful = createWire(`https://localhost:${port}`, { ...options, timeoutMs: 5000 });
    open.push({ server, wire: distrustful, sockets: new Set() });
    expect((await distrustful.exchange(get)).failure?.kind).toBe("unreachable");
  });
});
