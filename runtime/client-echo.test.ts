import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { type ConnectOptions, connect } from "./client.js";
import { scriptedPeer } from "./testing/scripted-peer.js";
import { tokensInTurn } from "./testing/token-sources.js";

const token = "canary-of-the-token";
/** The two ways to send it. */
const ways: readonly [string, ConnectOptions][] = [
  ["a token source", { auth: tokensInTurn(token) }],
  ["a header", { headers: { Authorization: `Bearer ${token}` } }],
];

interface Asked {
  readonly id: string;
  readonly params: { readonly envelope: { readonly id: string } };
}

/** Frames by which a peer repeats what it was sent. */
const frames: readonly [string, (said: string, asked: Asked) => object][] = [
  ["an error", (said, { id }) => ({ jsonrpc: "2.0", id, error: { code: -32000, message: said, data: { said } } })],
  [
    "an error beside a result",
    (said, { id }) => ({ jsonrpc: "2.0", id, result: {}, error: { code: 1, message: said } }),
  ],
  ["an error without an id", (said) => ({ jsonrpc: "2.0", id: null, error: { code: -32700, message: said } })],
  ["what is no JSON-RPC", (said) => ({ detail: said, code: "asap:transport/request_too_large" })],
  [
    "a rejecting acknowledgement",
    (said, { params }) => ({
      jsonrpc: "2.0",
      method: "asap.ack",
      params: { envelope: { payload: { original_envelope_id: params.envelope.id, status: "rejected", error: said } } },
    }),
  ],
];

let server: WebSocketServer | undefined;
afterEach(() => {
  for (const socket of server?.clients ?? []) socket.terminate();
  server?.close();
});

async function failure(url: string, options: ConnectOptions): Promise<string> {
  await using peer = await connect(url, { ...options, recipient: "urn:asap:agent:peer", timeoutMs: 5_000 });
  const stream = peer.stream("echo", {});
  const cause = await stream.response.then(
    () => undefined,
    (error: unknown) => error,
  );
  return inspect(cause, { depth: 12 });
}

describe.each(ways)("a peer that repeats the credentials, sent by %s,", (_, options) => {
  test.each(frames)("over WebSocket, by %s, makes no error that does", async (_, frame) => {
    const listening = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    server = listening;
    listening.on("connection", (socket, { headers }) =>
      socket.on("message", (data) =>
        socket.send(JSON.stringify(frame(`got ${headers.authorization}`, JSON.parse(String(data)) as Asked))),
      ),
    );
    await new Promise((resolve) => listening.once("listening", resolve));
    const shown = await failure(`ws://127.0.0.1:${(listening.address() as AddressInfo).port}`, options);
    expect(shown).toContain("got Bearer [removed]");
    expect(shown).not.toContain(token);
  });

  test("in a stream over HTTP makes no error that does", async () => {
    await using agent = await scriptedPeer(({ path, headers }) => {
      if (path !== "/asap") return undefined;
      const error = { code: -32000, message: `got ${headers.authorization}` };
      const body = `data: ${JSON.stringify({ jsonrpc: "2.0", id: "req-1", error })}\n\n`;
      return { headers: { "content-type": "text/event-stream" }, body };
    });
    const shown = await failure(agent.url, { ...options, transport: "http", retry: false });
    expect(shown).toContain("got Bearer [removed]");
    expect(shown).not.toContain(token);
  });
});
