import { asObject } from "../documents.js";
import { closeData, closeOf, type FrameSpec, opcodes } from "../socket-frames.js";
import { type Json, objectOf } from "./edit.js";
import type { Editor, PassingFrame, Sides, SocketMutant } from "./tunnel.js";
import type { Mutant } from "./wrap.js";

/** What a message becomes: another one, several, nothing, or itself when undefined. */
export type Edited = Json | readonly Json[] | null | undefined;

const written = (json: Json): FrameSpec => ({ data: JSON.stringify(json) });

const isText = ({ opcode, fin, data }: PassingFrame) => opcode === opcodes.text && fin && data.length < 100_000;

function editText(frame: PassingFrame, edit: (json: Json) => Edited): readonly FrameSpec[] {
  const json = isText(frame) ? objectOf(frame.data) : {};
  const edited = Object.keys(json).length === 0 ? undefined : edit(json);
  if (edited === undefined) return [frame];
  if (edited === null) return [];
  return (Array.isArray(edited) ? edited : [edited]).map(written);
}

/** Changes the JSON messages of the agent; the state is made anew for each connection. */
export const saying = (make: (sides: Sides) => (json: Json) => Edited): SocketMutant => ({
  editor: (sides): Editor => {
    const edit = make(sides);
    return { answered: (frame) => editText(frame, edit) };
  },
});

/** Changes the JSON messages to the agent; the state is made anew for each connection. */
export const hearing = (make: (sides: Sides) => (json: Json) => Edited): SocketMutant => ({
  editor: (sides): Editor => {
    const edit = make(sides);
    return { asked: (frame) => editText(frame, edit) };
  },
});

/** Changes the frames of the agent. */
export const frames = (edit: (frame: PassingFrame) => readonly FrameSpec[]): SocketMutant => ({
  editor: () => ({ answered: edit }),
});

/** Changes the frames to the agent. */
export const framesIn = (edit: (frame: PassingFrame, sides: Sides) => readonly FrameSpec[]): SocketMutant => ({
  editor: (sides) => ({ asked: (frame) => edit(frame, sides) }),
});

/** A close frame. */
export const close = (code: number): FrameSpec => ({ opcode: opcodes.close, data: closeData(code) });

/** Closes with one code in place of another; null stands for no code. */
export const closesWith = (from: number | null, to: number): SocketMutant =>
  frames((frame) => (frame.opcode === opcodes.close && closeOf(frame).code === from ? [close(to)] : [frame]));

/** The envelope of a request, or of an ack. */
export const envelopeIn = (json: Json): Json | undefined => asObject(asObject(json.params)?.envelope);

/** Whether a message of the agent is an ack. */
export const isAckOf = (json: Json): boolean => json.method === "asap.ack";

/** Whether a message of the agent is an answer. */
export const isAnswerOf = (json: Json): boolean => "result" in json || "error" in json;

/** Changes the acks of the agent. */
export const ack = (change: (json: Json) => Edited): SocketMutant =>
  saying(() => (json) => (isAckOf(json) ? change(json) : undefined));

/** Changes the envelope of the agent's acks. */
export const ackEnvelope = (change: (envelope: Json) => Json): SocketMutant =>
  ack((json) => {
    const envelope = envelopeIn(json) ?? {};
    return { ...json, params: { envelope: { ...envelope, ...change(envelope) } } };
  });

/** Changes the payload of the agent's acks. */
export const ackPayload = (change: (payload: Json) => Json): SocketMutant =>
  ackEnvelope(({ payload }) => ({ payload: { ...asObject(payload), ...change(asObject(payload) ?? {}) } }));

/** Changes the answers of the agent. */
export const answer = (change: (json: Json) => Edited): SocketMutant =>
  saying(() => (json) => (isAnswerOf(json) ? change(json) : undefined));

/** Changes the envelope that a request carries. */
export const envelopeOf = (json: Json, change: Json): Json => ({
  ...json,
  params: { ...asObject(json.params), envelope: { ...envelopeIn(json), ...change } },
});

/** Whether a frame is of a kind. */
export const is =
  (kind: keyof typeof opcodes) =>
  (frame: PassingFrame): boolean =>
    frame.opcode === opcodes[kind];

/** An agent whose WebSocket is wrong in one way. */
export const mutant = (name: string, killedBy: string, socket: SocketMutant): Mutant => ({ name, killedBy, socket });

/** Refuses a message as no request. */
export const refusal = (json: Json, id: unknown): Json => ({
  jsonrpc: "2.0",
  error: { code: -32600, message: "Invalid request", data: { error: "no" } },
  id: id ?? json.id ?? null,
});
