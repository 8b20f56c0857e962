import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { answerTo, scriptedSocketServer } from "../testing/scripted-socket.js";
import { ackFrame, messageOf } from "../testing/scripted-websocket.js";
import { connectWebSocket, type WebSocketTransportOptions } from "./websocket.js";

const quick = { reconnect: { baseMs: 10, maxMs: 20 } } satisfies WebSocketTransportOptions;

describe("over a real socket", () => {
  test("WS-002: messages are answered, a thousand at once on one connection", async () => {
    await using server = await scriptedSocketServer();
    const transport = connectWebSocket(server.url, { maxInFlight: 1_000 });
    const messages = Array.from({ length: 1_000 }, () => messageOf());
    const replies = await Promise.all(messages.map((message) => transport.send(message)));
    expect(replies.map(({ response, id }) => (response as { id: string }).id === id)).not.toContain(false);
    expect(replies.map(({ response }) => response)).toMatchObject(
      messages.map(({ envelopeId }) => ({ result: { envelope: { correlation_id: envelopeId } } })),
    );
    expect(server.connections).toHaveLength(1);
    await transport.close();
    expect(await server.connections[0]?.closed).toBe(1000);
  });

  test("headers go with the upgrade, anew for each connection; compression is offered", async () => {
    await using server = await scriptedSocketServer((frame, { socket }, index) => {
      if (index === 0) socket.close(1012);
      else socket.send(answerTo(frame));
    });
    let count = 0;
    const transport = connectWebSocket(server.url, { ...quick, headers: async () => ({ "X-Count": `${++count}` }) });
    await transport.send(messageOf());
    await transport.close();
    expect(server.connections.map(({ headers }) => headers["x-count"])).toEqual(["1", "2"]);
    expect(server.connections[0]?.headers["sec-websocket-extensions"]).toContain("permessage-deflate");
    expect(server.connections.map(({ path }) => path)).toEqual(["/asap/ws", "/asap/ws"]);
  });

  test.each([401, 403, 404, 302])("a refusal with %i fails all that waits, and is not repeated", async (status) => {
    await using server = await scriptedSocketServer(undefined, () => status);
    const transport = connectWebSocket(server.url, quick);
    const sent = [1, 2].map(() => transport.send(messageOf()).catch((error) => error));
    for (const error of await Promise.all(sent)) {
      expect(error).toMatchObject({ code: "asap:transport/http_status", data: { url: transport.url, status } });
    }
    expect(server.upgrades).toBe(1);
    await transport.close();
  });

  test.each([408, 429, 503])("a refusal with %i is repeated", async (status) => {
    await using server = await scriptedSocketServer(undefined, (index) => (index === 0 ? status : undefined));
    const transport = connectWebSocket(server.url, quick);
    await transport.send(messageOf());
    expect(server.upgrades).toBe(2);
    await transport.close();
  });

  test("a refusal that lasts tells its status", async () => {
    await using server = await scriptedSocketServer(undefined, () => 503);
    const transport = connectWebSocket(server.url, quick);
    const code = "asap:transport/connection_failed";
    await expect(transport.send(messageOf())).rejects.toMatchObject({ code, data: { status: 503 } });
    expect(server.upgrades).toBe(3);
    await transport.close();
  });

  test("WS-004, WSB-018: a connection that is cut is opened again, and each answer comes once", async () => {
    const runs = new Map<string, number>();
    await using server = await scriptedSocketServer((frame, { socket, frames }, index) => {
      if (index < 3 && frames.length === 5) return socket.terminate();
      const { id } = frame.params.envelope;
      runs.set(id, (runs.get(id) ?? 0) + 1);
      socket.send(answerTo(frame));
    });
    const transport = connectWebSocket(server.url, quick);
    const messages = Array.from({ length: 50 }, () => messageOf());
    const replies = await Promise.all(messages.map((message) => transport.send(message)));
    expect(replies).toHaveLength(50);
    expect(server.connections).toHaveLength(4);
    expect(runs.size).toBe(50);
    await transport.close();
  });

  test("a server that is not there fails the message; once it is, the next one is answered", async () => {
    const gone = await scriptedSocketServer();
    await gone[Symbol.asyncDispose]();
    const transport = connectWebSocket(gone.url, quick);
    const code = "asap:transport/connection_failed";
    await expect(transport.send(messageOf())).rejects.toMatchObject({ code });
    await using _server = await scriptedSocketServer(undefined, undefined, gone.port);
    await transport.send(messageOf());
    await transport.close();
  });

  test("WS-005: protocol pings are sent, and their pongs keep the connection alive", async () => {
    await using server = await scriptedSocketServer();
    const transport = connectWebSocket(server.url, { pingMs: 20, staleMs: 500 });
    transport.onPush(() => {});
    await transport.send(messageOf());
    let pings = 0;
    await new Promise<void>((resolve) => {
      server.connections[0]?.socket.on("ping", () => {
        pings++;
        if (pings === 40) resolve();
      });
    });
    expect(transport.connection.state.status).toBe("open");
    expect(server.connections).toHaveLength(1);
    await transport.close();
  });

  test("a peer that falls silent counts as gone, and the message goes out again", async () => {
    await using server = await scriptedSocketServer((frame, { socket }, index) => {
      if (index > 0) socket.send(answerTo(frame));
      else (socket as unknown as { _socket: Socket })._socket.pause();
    });
    const transport = connectWebSocket(server.url, { ...quick, pingMs: 20, staleMs: 60 });
    await transport.send(messageOf());
    expect(server.connections).toHaveLength(2);
    await transport.close();
  });

  test("ACK-004: a message that is not acknowledged goes out again, and an answer to the first one counts", async () => {
    await using server = await scriptedSocketServer((frame, { socket, frames }) => {
      if (frames.length < 3) return;
      const [first] = frames.map((text) => JSON.parse(text) as typeof frame);
      socket.send(JSON.stringify(ackFrame(frame.params.envelope.id)));
      if (first !== undefined) socket.send(answerTo(first));
    });
    const transport = connectWebSocket(server.url, { ack: { timeoutMs: 20 } });
    const { id } = await transport.send(messageOf({ requiresAck: true }));
    const frames = server.connections[0]?.frames.map((text) => JSON.parse(text)) ?? [];
    expect(id).toBe(frames[0].id);
    expect(new Set(frames.map((frame) => frame.params.envelope.id)).size).toBe(1);
    await transport.close();
  });

  test("a message above maxPayload ends the connection and fails what is pending", async () => {
    await using server = await scriptedSocketServer((_, { socket }) => socket.send(`"${"x".repeat(2_000)}"`));
    const transport = connectWebSocket(server.url, { ...quick, maxPayload: 1_000 });
    const code = "asap:transport/connection_failed";
    await expect(transport.send(messageOf())).rejects.toMatchObject({ code, data: { close_code: 1009 } });
    expect(await server.connections[0]?.closed).toBe(1009);
    await transport.close();
  });

  test("what is no WebSocket fails the message", async () => {
    const server = createServer((socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const transport = connectWebSocket(`ws://127.0.0.1:${port}`, quick);
    const code = "asap:transport/http_status";
    await expect(transport.send(messageOf())).rejects.toMatchObject({ code, data: { status: 200 } });
    await transport.close();
    server.close();
  });

  test("a peer that does not close is cut off when the transport closes", async () => {
    await using server = await scriptedSocketServer((frame, { socket }) => {
      socket.send(answerTo(frame));
      setImmediate(() => (socket as unknown as { _socket: Socket })._socket.pause());
    });
    const transport = connectWebSocket(server.url);
    await transport.send(messageOf());
    await transport.close();
    expect(transport.connection.state.status).toBe("closed");
  });

  test("an error of a factory is the message's", async () => {
    const transport = connectWebSocket("ws://127.0.0.1:1", {
      initialAttempts: 1,
      createWebSocket: () => {
        throw new Error("mine");
      },
    });
    await expect(transport.send(messageOf())).rejects.toMatchObject({
      code: "asap:transport/connection_failed",
      cause: { message: "mine" },
    });
    await transport.close();
  });
});

describe("a Node program", () => {
  test("ends while an idle connection is open", async () => {
    await using server = await scriptedSocketServer();
    const program = `
      import { connectWebSocket } from ${JSON.stringify(new URL("../../dist/runtime/transport/websocket.js", import.meta.url).href)};
      const transport = connectWebSocket(${JSON.stringify(server.url)});
      const signal = new AbortController().signal;
      await transport.send({ envelopeText: '{"id":"a"}', envelopeId: "a", requiresAck: true, id: "a", signal });
      process.stdout.write(transport.connection.state.status);`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
    });
    let text = "";
    child.stdout.on("data", (chunk) => (text += chunk));
    child.stderr.on("data", (chunk) => (text += chunk));
    const [code] = await once(child, "close");
    expect([text, code]).toEqual(["open", 0]);
  });
});
