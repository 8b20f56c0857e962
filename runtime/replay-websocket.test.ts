import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { type Handshake, opcode, type RawWebSocket, upgrade, upgradeHeaders } from "./testing/raw-websocket.js";
import {
  closeReply,
  createReader,
  type RecordedSocket,
  receivedFrame,
  refreshed,
  type Seen,
  sentBytes,
} from "./testing/recorded-frames.js";
import { variants } from "./testing/recorded-variants.js";
import { type ServeOptions, type Server, serve } from "./transport/node.js";
import { ulid } from "./ulid.js";

const records = readFileSync(new URL("../conformance/captures.jsonl", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as RecordedSocket)
  .filter(({ transport }) => transport === "ws");

/** Where we differ from the record, why, and the frames we send instead of the recorded ones. */
interface Exception {
  readonly row: string;
  readonly status?: number;
  readonly frames: (recorded: readonly Seen[], envelopeId: string) => readonly Seen[];
}

/** The answer of a variant to the recorded task request. */
const answered = (id: string, correlationId: string): Seen => ({
  id,
  result: {
    asap_version: "0.1",
    sender: "urn:asap:agent:variant",
    recipient: "urn:asap:agent:client",
    type: "task.response",
    task: 1,
    answer: { status: "completed", result: { echoed: { message: "hi" } }, final_state: null, metrics: null },
    correlation_id: correlationId,
    trace_id: null,
    requires_ack: false,
    extensions: null,
  },
});
const errorFrame = (error: number, message: string, text: string, id: unknown = null): Seen => ({
  id,
  error,
  message,
  text,
});
const withoutAck = (recorded: readonly Seen[]) => recorded.filter((frame) => frame["method"] !== "asap.ack");
const firstAnswerAgain = (recorded: readonly Seen[]) => {
  const first = recorded.find((frame) => "result" in frame)?.["result"];
  return recorded.map((frame) => ("result" in frame ? { ...frame, result: first } : frame));
};

const notAnObject: Exception = {
  row: "wire section 18 row 8: arrays and scalars are answered with -32600",
  frames: () => [errorFrame(-32600, "Invalid request", "JSON-RPC request must be an object")],
};
const repeat: Exception = {
  row: "wire section 18 row 12: a repeated envelope id gets the stored answer",
  frames: firstAnswerAgain,
};
const tooEarly: Exception = {
  row: "wire section 18 row 6: no ack where the request or its freshness fails",
  frames: withoutAck,
};

const exceptions: Readonly<Record<string, Exception>> = {
  ws_ack_stale_timestamp: tooEarly,
  ws_ack_no_rpc_id_still_acked: tooEarly,
  ws_ack_invalid_payload: {
    row: "wire section 18 row 2: the sender's fault is -32602",
    frames: ([ack]) => [
      ack as Seen,
      {
        ...errorFrame(-32602, "Invalid params", "Invalid payload for TaskRequest", "req-1"),
        code: "asap:protocol/invalid_payload",
      },
    ],
  },
  ws_ack_duplicate_envelope_id: repeat,
  ws_two_pipelined: repeat,
  ws_rate_limit_default: repeat,
  ws_nonce_repeat: {
    row: "wire section 18 row 12 and 9.4: a repeat does not fail on its nonce",
    frames: ([first]) => [first as Seen, { ...first, id: "b" }],
  },
  ws_bad_malformed_json_ignored: {
    row: "wire section 18 row 8: bad JSON is answered with -32700",
    frames: (recorded) => [
      errorFrame(-32700, "Parse error", "Invalid JSON: unexpected character at position 1"),
      ...recorded,
    ],
  },
  ws_bad_array_frame_closes: notAnObject,
  ws_bad_batch_closes: notAnObject,
  ws_bad_null_frame_closes: notAnObject,
  ws_bad_number_frame_closes: notAnObject,
  ws_bad_message_11MiB: {
    row: "wire section 18 row 9: limits are answered with JSON-RPC errors",
    frames: ([{ notJsonRpc } = {}]) => [
      {
        ...errorFrame(-32600, "Invalid request", (notJsonRpc as { detail: string }).detail),
        code: "asap:transport/request_too_large",
      },
    ],
  },
  ws_thread_pool_exhausted_frame: {
    row: "wire section 18 row 9: limits are answered with JSON-RPC errors",
    frames: ([ack]) => [
      ack as Seen,
      {
        ...errorFrame(-32603, "Service Temporarily Unavailable", "The agent runs as many tasks as it may.", "b"),
        code: "asap:transport/thread_pool_exhausted",
      },
    ],
  },
  ws_oauth_no_token_is_open: {
    row: "wire section 18 row 10: a missing token is refused at the upgrade",
    status: 401,
    frames: () => [],
  },
  ws_content_encoding_header_on_upgrade: {
    row: "wire section 18 row 9: headers of the upgrade are not taken for those of its messages",
    frames: (_recorded, envelopeId) => [answered("req-1", envelopeId)],
  },
  ws_protocol_pong_never_answered: {
    row: "wire section 18 row 14: what falls silent is closed with 1001, and both pings go out together",
    frames: ([ping, appPing]) => [appPing as Seen, ping as Seen, { close: 1001, reason: "" }],
  },
  ws_heartbeat_app_pong_never_answered: {
    row: "wire section 18 row 14: a connection that answers protocol pings is not stale, whenever its next message comes",
    frames: ([ping, appPing, late]) => [appPing as Seen, ping as Seen, late as Seen],
  },
  ws_server_sigterm_inflight: {
    row: "wire section 18 row 14: requests under way are answered, then 1001",
    frames: (_recorded, envelopeId) => [
      answered("inflight", envelopeId),
      { close: 1001, reason: "Server shutting down" },
    ],
  },
};

const end = "end of replay";

/** Reads up to the end of the connection, or to the pong that shows that nothing else was under way. */
async function readOn(socket: RawWebSocket, ...known: readonly Seen[]): Promise<Seen[]> {
  const read = createReader();
  const seen = [...known];
  for (let frame = await socket.next(); frame !== undefined; frame = await socket.next()) {
    if (frame.opcode === opcode.pong && frame.data.toString() === end) return seen;
    seen.push(read(frame));
    if (frame.opcode === opcode.close) {
      socket.socket.write(closeReply(frame));
      return seen;
    }
  }
  return [...seen, { lost: true }];
}

const sentOf = ({ frames }: RecordedSocket): Buffer =>
  Buffer.concat(frames.filter(({ dir }) => dir === "sent").map(sentBytes));

const firstOfEach = (frames: readonly Seen[]): Seen[] => {
  const texts = frames.map((frame) => JSON.stringify(frame));
  return frames.filter((_frame, at) => texts.indexOf(texts[at] as string) === at);
};

const envelopeIdOf = ({ frames }: RecordedSocket): string =>
  /"envelope": \{"id": "([^"]*)"/.exec(frames.find(({ dir, data }) => dir === "sent" && data)?.data ?? "")?.[1] ?? "";

interface Stage {
  readonly record: RecordedSocket;
  readonly server: Server;
  readonly socket: RawWebSocket;
}

/** Sends all that was sent, then reads. */
function sendAll({ record, socket }: Stage): Promise<Seen[]> {
  socket.socket.write(sentOf(record));
  socket.send(opcode.ping, end);
  return readOn(socket);
}

/** The pings of 30 s and the limit of 90 s, scaled. */
const heartbeats = { pingMs: 200, staleMs: 1_000 };

/** How records are played in which time, or another connection, has a part. */
const plays: Readonly<Record<string, (stage: Stage) => Promise<Seen[]>>> = {
  async ws_thread_pool_exhausted_frame(stage) {
    const other = await upgrade(stage.server.port, "/asap/ws", upgradeHeaders(stage.server.port));
    const envelope = /"id": "([0-9A-Z]{26})"/;
    const record = {
      ...stage.record,
      frames: stage.record.frames.map((frame) => ({
        ...frame,
        data: frame.data?.replace(envelope, `"id": "${ulid()}"`) ?? "",
      })),
    };
    other.socket?.socket.write(sentOf(record));
    await other.socket?.next();
    const seen = await sendAll(stage);
    other.socket?.socket.destroy();
    return seen;
  },
  async ws_server_sigterm_inflight({ record, server, socket }) {
    socket.socket.write(sentOf(record));
    socket.send(opcode.ping);
    const pong = await socket.next();
    expect(pong?.opcode).toBe(opcode.pong);
    const closed = server.close();
    const seen = await readOn(socket);
    socket.socket.end();
    await closed;
    return seen;
  },
  async ws_protocol_pong_never_answered({ record, socket }) {
    const read = createReader();
    const pings = [await socket.next(), await socket.next()].map((frame) => read(frame as never));
    socket.socket.write(sentOf(record));
    return firstOfEach(await readOn(socket, ...pings));
  },
  async ws_heartbeat_app_pong_never_answered({ record, socket }) {
    const read = createReader();
    const pings: Seen[] = [];
    for (let pongs = 0; pongs * heartbeats.pingMs <= heartbeats.staleMs; ) {
      const frame = await socket.next();
      if (frame === undefined) throw new Error("The connection was lost");
      pings.push(read(frame));
      if (frame.opcode !== opcode.ping) continue;
      socket.send(opcode.pong, frame.data);
      pongs += 1;
    }
    socket.socket.write(sentBytes(record.frames.findLast(({ dir }) => dir === "sent") as never));
    socket.send(opcode.ping, end);
    return firstOfEach(await readOn(socket, ...pings));
  },
};

/** Variants whose agent is that of another: records of `echo` are about `asap serve` with the limits it has by default. */
const sameAgent: Readonly<Record<string, string>> = { echo: "echo default limits", oauth: "models" };
const optionsOf = (record: RecordedSocket): ServeOptions => {
  if (record.server === "oauth") return { websocket: { authorize: () => ({ status: 401 }) } };
  return /_never_answered$/.test(record.name) ? { websocket: heartbeats } : {};
};

describe("the recorded WebSocket connections of the reference replay with the same frames", () => {
  const servers = new Map<string, Server>();
  afterAll(async () => {
    await Promise.all([...servers.values()].map((server) => server.close()));
  });

  /** The server of a record; those with a play of their own have one of their own. */
  async function serverOf(record: RecordedSocket): Promise<Server> {
    const name = record.name in plays ? record.name : record.server;
    const known = servers.get(name);
    if (known !== undefined) return known;
    const make = variants[sameAgent[record.server] ?? record.server];
    if (make === undefined) throw new Error(`No agent is configured like ${record.server}`);
    const [agent, options] = make();
    const server = await serve(agent, { ...options, ...optionsOf(record), port: 0 });
    servers.set(name, server);
    return server;
  }

  test("all of them are here, and every exception is of one of them", () => {
    expect(records.length).toBe(51);
    expect(Object.keys(exceptions).filter((name) => !records.some((record) => record.name === name))).toEqual([]);
    expect(Object.keys(plays).filter((name) => !records.some((record) => record.name === name))).toEqual([]);
  });

  const sameHandshake = ({ status, headers, body }: Handshake, { response }: RecordedSocket) => {
    expect({ status, body }).toEqual({ status: response.status, body: response.body ?? "" });
    expect(headers.get("sec-websocket-accept")).toBe(response.headers["Sec-WebSocket-Accept"]);
    expect(headers.get("sec-websocket-protocol")).toBe(response.headers["Sec-WebSocket-Protocol"]);
    expect(headers.get("sec-websocket-extensions")?.split(";")[0]).toBe(response.headers["Sec-WebSocket-Extensions"]);
  };

  test.each(
    records.map((record) => {
      const row = exceptions[record.name]?.row;
      return [`${record.server}: ${record.name}${row === undefined ? "" : ` (${row})`}`, record] as const;
    }),
  )("%s", async (_title, original) => {
    const record = refreshed(original, Date.now());
    const exception = exceptions[record.name];
    const read = createReader();
    const recorded = record.frames.filter(({ dir }) => dir === "received").map((frame) => read(receivedFrame(frame)));
    const inPlay = record.name in plays ? firstOfEach(recorded) : recorded;
    const expected = exception === undefined ? inPlay : exception.frames(inPlay, envelopeIdOf(record));
    if (exception !== undefined) expect(expected).not.toEqual(recorded);

    const server = await serverOf(record);
    const shake = await upgrade(server.port, record.request.path, Object.entries(record.request.headers));
    if (exception?.status === undefined) sameHandshake(shake, record);
    else expect(shake.status).toBe(exception.status);
    if (shake.socket === undefined) {
      expect(expected).toEqual([]);
      return;
    }
    const play = plays[record.name] ?? sendAll;
    const seen = await play({ record, server, socket: shake.socket });
    shake.socket.socket.destroy();
    expect(seen).toEqual(expected);
  });
});
