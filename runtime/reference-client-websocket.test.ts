import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { validateEnvelope } from "../generated/validators/envelope.js";
import { createAgent } from "./agent.js";
import { acceptOf, closePayload, opcode, type RawFrame, type RawWebSocket, upgrade } from "./testing/raw-websocket.js";
import { type Server, serve } from "./transport/node.js";

interface SinkFrame {
  readonly dir: "client->sink" | "sink->client";
  readonly op: number;
  readonly data: string | { readonly code: number; readonly reason: string };
}

interface Recording {
  readonly name: string;
  readonly transport: string;
  readonly request: { readonly line: string; readonly headers: readonly (readonly [string, string])[] };
  readonly frames: readonly SinkFrame[];
}

const recordings = readFileSync(new URL("../conformance/captures.jsonl", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Recording)
  .filter(({ transport }) => transport === "client-ws");

interface Request {
  readonly id: string;
  readonly params: {
    readonly envelope: { readonly id: string; readonly timestamp: string; readonly requires_ack: boolean };
  };
}

const sentBy = ({ frames }: Recording) => frames.filter(({ dir }) => dir === "client->sink");
const textsOf = (record: Recording): string[] =>
  sentBy(record).flatMap(({ op, data }) => (op === opcode.text && typeof data === "string" ? [data] : []));
const requestsOf = (record: Recording): Request[] =>
  textsOf(record)
    .map((text) => JSON.parse(text))
    .filter(({ method }) => method === "asap.send");
const allRequests = recordings.flatMap(requestsOf);

/** What a frame of an answer says. */
function said({ opcode: code, data, code: closeCode }: RawFrame): object {
  if (code === opcode.close) return { close: closeCode, reason: String(data) };
  const { id, method, params, result } = JSON.parse(String(data));
  const { envelope } = result ?? params;
  expect(validateEnvelope(envelope)).toBe(true);
  return method === undefined ? { answers: id, about: envelope.correlation_id } : { acks: envelope.payload };
}

async function framesUntil(socket: RawWebSocket, count: number): Promise<object[]> {
  const frames: object[] = [];
  while (frames.length < count) {
    const frame = await socket.next();
    frames.push(frame === undefined ? { lost: true } : said(frame));
  }
  return frames;
}

describe("what the reference client sends over WebSocket is accepted", () => {
  const recordedMs = Date.parse(allRequests[0]?.params.envelope.timestamp ?? "") + 10_000;
  const ran: string[] = [];
  const completed = { task_id: "t", status: "completed", result: {} } as const;
  let server: Server;
  beforeAll(async () => {
    const agent = createAgent({
      id: "urn:asap:agent:sink",
      now: () => recordedMs,
      handlers: {
        taskRequest: (_payload, { envelope }) => {
          ran.push(String(envelope.id));
          return completed;
        },
        taskUpdate: (_payload, { envelope }) => ({ original_envelope_id: String(envelope.id), status: "processed" }),
        stateRestore: () => completed,
      },
    });
    server = await serve(agent, { port: 0 });
  });
  afterAll(() => server.close());

  test("there are recordings of requests, a retransmission, a pong and a close", () => {
    expect(recordings.length).toBe(5);
    expect(allRequests.length).toBeGreaterThan(8);
    expect(new Set(allRequests.map(({ params }) => params.envelope.id)).size).toBe(allRequests.length - 2);
    expect(recordings.flatMap(textsOf)).toContain('{"type": "pong"}');
  });

  test.each(recordings.map((record) => [record.name, record] as const))("%s", async (_name, record) => {
    const { status, headers, socket } = await upgrade(server.port, "/asap/ws", record.request.headers);
    expect(status).toBe(101);
    const key = record.request.headers.find(([name]) => name === "Sec-WebSocket-Key")?.[1] ?? "";
    expect(headers.get("sec-websocket-accept")).toBe(acceptOf(key));
    expect(headers.get("sec-websocket-extensions")).toMatch(/^permessage-deflate(;|$)/);
    if (socket === undefined) return;

    for (const { op, data } of sentBy(record)) {
      socket.send(op, typeof data === "string" ? data : closePayload(data.code, data.reason));
    }
    const closes = sentBy(record).some(({ op }) => op === opcode.close);
    const expected = [
      ...requestsOf(record).flatMap(({ id, params: { envelope } }) => [
        ...(envelope.requires_ack
          ? [{ acks: { original_envelope_id: envelope.id, status: "received", error: null } }]
          : []),
        { answers: id, about: envelope.id },
      ]),
      ...(closes ? [{ close: 1000, reason: "" }] : []),
    ];
    expect(await framesUntil(socket, expected.length)).toEqual(expected);
    socket.socket.destroy();
  });

  test("its retransmissions run nothing again", () => {
    expect(ran.length).toBeGreaterThan(0);
    expect(new Set(ran).size).toBe(ran.length);
  });
});
