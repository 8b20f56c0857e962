import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import type { Envelope } from "../generated/models.js";
import { type ConnectOptions, connect } from "./client.js";
import type { AsapError } from "./error.js";

interface SinkFrame {
  readonly dir: "client->sink" | "sink->client";
  readonly op: number;
  readonly data: string;
}

interface Recording {
  readonly name: string;
  readonly transport: string;
  readonly frames: readonly SinkFrame[];
}

interface Request {
  readonly jsonrpc: string;
  readonly method: string;
  readonly params: { readonly envelope: Envelope & { readonly id: string } };
  readonly id: string;
}

const recordings = readFileSync(new URL("../conformance/captures.jsonl", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Recording)
  .filter(({ transport }) => transport === "client-ws");

const recordingOf = (name: string): Recording => {
  const found = recordings.find((record) => record.name === name);
  if (found === undefined) throw new Error(`Nothing is recorded as ${name}`);
  return found;
};
const isRequest = ({ dir, data }: SinkFrame) => dir === "client->sink" && String(data).includes("asap.send");
const requestsOf = ({ frames }: Recording): Request[] => frames.filter(isRequest).map(({ data }) => JSON.parse(data));

/** What the sink sent before the n-th request of the client, and after it; closing frames left out. */
function sinkSaid({ frames }: Recording, afterRequests: number): string[] {
  let requests = 0;
  const said: string[] = [];
  for (const frame of frames) {
    if (isRequest(frame)) requests += 1;
    else if (requests === afterRequests && frame.dir === "sink->client" && frame.op === 1) said.push(frame.data);
  }
  return said;
}

/** Frames the sink sent in answer to a recorded request, about the request that is answered now. */
function about(said: readonly string[], recorded: Request, now: Request): string[] {
  return said.map((text) => {
    const renamed = text.replaceAll(recorded.params.envelope.id, now.params.envelope.id);
    return renamed
      .replace(`"id": "${recorded.id}"`, `"id": ${JSON.stringify(now.id)}`)
      .replace('"correlation_id": "x"', `"correlation_id": "${now.params.envelope.id}"`);
  });
}

interface Sink {
  readonly url: string;
  readonly paths: string[];
  readonly frames: string[];
  readonly requests: Request[];
  readonly closes: { readonly code: number; readonly reason: string }[];
  [Symbol.asyncDispose](): Promise<void>;
}

interface Script {
  readonly greet?: readonly string[];
  readonly answer: (request: Request, count: number, socket: WebSocket) => readonly string[];
}

/** A peer that sends what the recording peer sent. */
async function openSink({ greet = [], answer }: Script): Promise<Sink> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sink = { url, paths: [] as string[], frames: [] as string[], requests: [] as Request[], closes: [] as never[] };
  const closes: { code: number; reason: string }[] = sink.closes;
  server.on("connection", (socket, request) => {
    sink.paths.push(request.url ?? "");
    for (const frame of greet) socket.send(frame);
    socket.on("message", (data) => {
      const text = String(data);
      sink.frames.push(text);
      if (!text.includes('"asap.send"')) return;
      const asked = JSON.parse(text) as Request;
      for (const frame of answer(asked, sink.requests.push(asked), socket)) socket.send(frame);
    });
    socket.on("close", (code, reason) => closes.push({ code, reason: String(reason) }));
  });
  const dispose = () => {
    for (const socket of server.clients) socket.terminate();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { ...sink, [Symbol.asyncDispose]: dispose };
}

const options = {
  recipient: "urn:asap:agent:sink",
  sender: "urn:asap:agent:pyclient",
  websocket: { reconnect: { baseMs: 5, maxMs: 20 } },
} satisfies ConnectOptions;

const typeOf = (value: unknown) => (Array.isArray(value) ? "array" : typeof value);

/** Members of a recorded object that are not null, each with its type; those of ours must be the same. */
function shapeOf(value: object): Record<string, string> {
  const entries = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(entries.map(([name, member]) => [name, typeOf(member)]));
}

/** Sends what the recorded client sent, and gives the ids of the envelopes that answered, or the codes of refusals. */
async function sendRecorded(peer: Awaited<ReturnType<typeof connect>>, recorded: readonly Request[]) {
  const answers: (string | null | undefined)[] = [];
  for (const { params } of recorded) {
    const { id: _id, timestamp: _timestamp, ...rest } = params.envelope;
    const envelope = { ...rest, requires_ack: false };
    const answer = peer.sendEnvelope(envelope as Envelope).then(({ id }) => id);
    answers.push(await answer.catch((error: AsapError) => error.code));
  }
  return answers;
}

describe("this client over WebSocket, against what the recording peer sent", () => {
  const record = recordingOf("client_ws_asap_ws");
  const recorded = requestsOf(record);

  async function exchange() {
    const faults: AsapError[] = [];
    const pushed: Envelope[] = [];
    const sink = await openSink({
      greet: sinkSaid(record, 0),
      answer: (request, count) => about(sinkSaid(record, count), recorded[count - 1] as Request, request),
    });
    const peer = await connect(sink.url, { ...options, onFault: (fault) => faults.push(fault) });
    peer.onMessage((envelope) => pushed.push(envelope));
    const answers = await sendRecorded(peer, recorded);
    await peer.close();
    await expect.poll(() => sink.closes).toHaveLength(1);
    await sink[Symbol.asyncDispose]();
    return { sink, answers, pushed, faults };
  }

  test("its requests have the recorded members, a string id, a flag by type and no idempotency key", async () => {
    const { sink } = await exchange();
    expect(sink.paths).toEqual(["/asap/ws"]);
    expect(sink.requests.length).toBe(recorded.length);
    sink.requests.forEach((request, at) => {
      const model = recorded[at] as Request;
      expect(Object.keys(request)).toEqual(Object.keys(model));
      expect(Object.keys(request.params)).toEqual(["envelope"]);
      expect(typeof request.id).toBe("string");
      expect(shapeOf(request.params.envelope)).toEqual(shapeOf(model.params.envelope));
      expect(Object.keys(model.params.envelope)).toEqual(expect.arrayContaining(Object.keys(request.params.envelope)));
      expect(shapeOf(request.params.envelope.payload)).toEqual(shapeOf(model.params.envelope.payload));
    });
    expect(new Set(sink.requests.map(({ id }) => id)).size).toBe(recorded.length);
  });

  test("it asks for the recorded acknowledgements, and for that of state.restore too (wire section 19 row 5)", async () => {
    const { sink } = await exchange();
    const asks = (requests: readonly Request[]) =>
      requests.map(({ params: { envelope } }) => [envelope.payload_type, envelope.requires_ack]);
    expect(asks(sink.requests)).toEqual(
      asks(recorded).map(([type, flag]) => [type, type === "state.restore" ? true : flag]),
    );
  });

  test("it takes the recorded answers; the TaskResponse that the sink gave to a TaskUpdate is refused", async () => {
    const { answers } = await exchange();
    expect(answers).toEqual(["R1", "asap:transport/invalid_response", "R3", "R4"]);
  });

  test("it answers the application ping and closes with 1000", async () => {
    const { sink } = await exchange();
    const others = sink.frames.map((text) => JSON.parse(text)).filter(({ method }) => method === undefined);
    expect(others).toEqual([{ type: "pong" }]);
    expect(sink.closes).toEqual([{ code: 1000, reason: "" }]);
  });

  test("of what the peer pushed it gives out what fits; a PUSH1 that is no TaskUpdate and bad JSON are dropped and told", async () => {
    const { pushed, faults } = await exchange();
    expect(pushed.map(({ id }) => id)).toEqual(["PUSH2"]);
    const told = faults.map(({ code, message }) => `${code} ${message}`);
    expect(told).toEqual([
      expect.stringMatching(/^asap:transport\/invalid_response .*TaskUpdate .*update_type/),
      expect.stringMatching(/^asap:transport\/invalid_response .*not JSON/),
    ]);
  });

  test("its path is that of the URL and /asap/ws", async () => {
    const base = recordingOf("client_ws_base_asap_ws");
    const [model] = requestsOf(base);
    await using sink = await openSink({ answer: (request) => about(sinkSaid(base, 1), model as Request, request) });
    await using peer = await connect(`${sink.url.replace("ws", "http")}/base`, { ...options, transport: "websocket" });
    expect(await sendRecorded(peer, [model as Request])).toEqual(["R1"]);
    expect(sink.paths).toEqual(["/base/asap/ws"]);
  });

  test("it sends the same envelope again under another id until it is acknowledged", async () => {
    const silent = recordingOf("client_ws_noack_asap_ws");
    const models = requestsOf(silent);
    expect(models.length).toBe(3);
    await using sink = await openSink({
      answer: (request, count) =>
        count < models.length ? [] : about(sinkSaid(silent, 1), models[0] as Request, request),
    });
    const websocket = { ...options.websocket, ack: { timeoutMs: 30 } };
    await using peer = await connect(sink.url, { ...options, websocket });
    const [answer] = await sendRecorded(peer, models.slice(0, 1));
    expect(answer).toBe("R1");
    const distinct = (requests: readonly Request[]) => ({
      ids: new Set(requests.map(({ id }) => id)).size,
      envelopes: new Set(requests.map(({ params }) => JSON.stringify(params.envelope))).size,
    });
    expect(distinct(sink.requests)).toEqual(distinct(models));
  });

  test("an answer counts as acknowledgement: nothing is sent again, where the recorded client sends twice more", async () => {
    const silent = recordingOf("client_ws_noack_asap_ws");
    const [model] = requestsOf(silent);
    await using sink = await openSink({ answer: (request) => about(sinkSaid(silent, 1), model as Request, request) });
    const websocket = { ...options.websocket, ack: { timeoutMs: 10 } };
    await using peer = await connect(sink.url, { ...options, websocket });
    await sendRecorded(peer, [model as Request]);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(sink.requests.length).toBe(1);
  });

  test("a call whose connection was dropped is sent again on the next one, where the recorded client failed it", async () => {
    const dropped = recordingOf("client_ws_dropper_asap_ws#1");
    const answers = recordingOf("client_ws_base_asap_ws");
    const [model] = requestsOf(answers);
    const [envelopeModel] = requestsOf(dropped);
    await using sink = await openSink({
      answer: (request, count, socket) => {
        if (count > 1) return about(sinkSaid(answers, 1), model as Request, request);
        socket.terminate();
        return [];
      },
    });
    await using peer = await connect(sink.url, options);
    expect(await sendRecorded(peer, [envelopeModel as Request])).toEqual(["R1"]);
    expect(sink.paths).toEqual(["/asap/ws", "/asap/ws"]);
    const [first, second] = sink.requests;
    expect(second?.params).toEqual(first?.params);
  });
});
