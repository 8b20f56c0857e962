import { request } from "node:http";
import { ackOf, answerTo, isSend } from "../../client/conforming.js";
import { asObject } from "../../documents.js";
import { type FrameSpec, opcodes } from "../../socket-frames.js";
import { type Json, objectOf } from "../edit.js";
import { answer, type Edited, envelopeIn, frames, framesIn, hearing } from "../socket-edit.js";
import type { PassingFrame, Sides, SocketMutant } from "../tunnel.js";
import type { ClientFault, ClientMutant } from "./mutant.js";

/** Makes mutants of a scenario that are wrong on a WebSocket. The fault is made anew for each process. */
export const socketMutantsOf = (scenario: string) => {
  const idOf = (aspect: string) => `client.${scenario}.${aspect}`;
  return (
    id: string,
    name: string,
    kills: string | readonly string[],
    make: () => SocketMutant | ClientFault,
    also: readonly string[] = [],
  ): ClientMutant => ({
    id: `${scenario}-${id}`,
    name,
    scenario,
    kills: [kills].flat().map(idOf),
    also: also.map(idOf),
    make() {
      const made = make();
      return "socket" in made || "env" in made ? made : { socket: made as SocketMutant };
    },
  });
};

const written = (json: Json): FrameSpec => ({ data: JSON.stringify(json) });
const jsonIn = ({ opcode, data }: PassingFrame): Json => (opcode === opcodes.text ? objectOf(data) : {});

/** Answers a request in place of the agent. */
function answerFor(document: Json, { toClient }: Sides): void {
  if (!isSend(document)) return;
  const ack = ackOf(document);
  if (ack !== null) toClient(written(ack));
  toClient(written(answerTo(document)));
}

/**
 * Writes messages otherwise. From some position on, counted from 1, the client is answered as if it had written them itself.
 *
 * @param change gives the frames in place of the message, what its JSON becomes, or null for nothing
 * @param from the first message that is changed
 */
export function rewriting(
  change: (json: Json, first: Json) => Json | readonly FrameSpec[] | null,
  from = 1,
): SocketMutant {
  let count = 0;
  let first: Json = {};
  return {
    editor: (sides) => ({
      asked(frame) {
        const json = jsonIn(frame);
        if (!isSend(json)) return [frame];
        count += 1;
        if (count === 1) first = { ...json };
        if (count < from) return [frame];
        answerFor(json, sides);
        const changed = change({ ...json }, first);
        if (changed === null) return [];
        return Array.isArray(changed) ? changed : [written(changed as Json)];
      },
      answered: (frame) => (count >= from && frame.opcode === opcodes.text ? [] : [frame]),
    }),
  };
}

/** Changes members of the request. */
export const member = (change: Json, from = 1) => rewriting((json) => ({ ...json, ...change }), from);

/** Changes the envelope. */
export const envelope = (change: (envelope: Json) => Json, from = 1) =>
  rewriting((json) => {
    const inner = envelopeIn(json) ?? {};
    return { ...json, params: { ...asObject(json.params), envelope: { ...inner, ...change(inner) } } };
  }, from);

/** Changes the payload. */
export const payload = (change: Json) => envelope(({ payload: own }) => ({ payload: { ...asObject(own), ...change } }));

/** Changes the messages of the client on their way; the agent answers what it gets. */
export function sends(change: (json: Json, count: number, sides: Sides) => Edited): SocketMutant {
  let count = 0;
  return hearing((sides) => (json) => {
    if (!isSend(json)) return undefined;
    count += 1;
    return change(json, count, sides);
  });
}

/** Sends the message at a position again, under another JSON-RPC id. */
export const repeats = (position = 1) =>
  sends((json, count) => (count === position ? [json, { ...json, id: "again" }] : undefined));

/** Takes the answer at a position, counted from 1, for a refusal. */
export function takesNoAnswer(position = 1): SocketMutant {
  let count = 0;
  return answer(({ id }) => {
    count += 1;
    if (count < position) return undefined;
    return { jsonrpc: "2.0", error: { code: -32602, message: "Invalid params" }, id: id ?? null };
  });
}

/** Leaves frames of the client out, or writes them otherwise. */
export const own = (kind: keyof typeof opcodes, change: (frame: PassingFrame) => readonly FrameSpec[]): SocketMutant =>
  framesIn((frame) => (frame.opcode === opcodes[kind] ? change(frame) : [frame]));

/** Reads frames of the agent otherwise. */
export const read = (change: (frame: PassingFrame) => readonly FrameSpec[]): SocketMutant => frames(change);

const anotherMs = 150;

/** Asks for the WebSockets from a position on, counted from 1, at another path. */
export function elsewhere(path: string, position = 1): SocketMutant {
  let count = 0;
  return {
    path(given) {
      count += 1;
      return count >= position ? path : given;
    },
  };
}

/** Opens one more WebSocket through the relay, for a moment. */
export function openAnother(afterMs = 20): void {
  setTimeout(() => {
    const url = `${process.env.ASAP_CONFORMANCE_URL}/asap/ws`;
    const headers = {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": Buffer.from("sixteen bytes ok").toString("base64"),
    };
    const asked = request(url, { headers, agent: false });
    asked.on("upgrade", (_, socket) => {
      socket.on("error", () => socket.destroy());
      setTimeout(() => socket.destroy(), anotherMs);
    });
    asked.on("response", (response) => response.resume());
    asked.on("error", () => asked.destroy()).end();
  }, afterMs).unref();
}

/** Opens one more WebSocket a moment after the answer at a position, counted from 1. */
export function opensAfterAnswer(position: number): SocketMutant {
  let count = 0;
  return answer(() => {
    count += 1;
    if (count === position) openAnother();
    return undefined;
  });
}

/** Holds the WebSocket at a position back, counted from 1. */
export function late(position: number, ms: number): SocketMutant {
  let count = 0;
  return {
    path(given) {
      count += 1;
      if (count === position) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
      return given;
    },
  };
}
