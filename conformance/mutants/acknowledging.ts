import { asObject } from "../documents.js";
import type { FrameSpec } from "../socket-frames.js";
import { type Json, objectOf } from "./edit.js";
import {
  ack,
  ackEnvelope,
  ackPayload,
  answer,
  envelopeIn,
  envelopeOf,
  hearing,
  isAckOf,
  isAnswerOf,
  mutant,
  saying,
} from "./socket-edit.js";
import type { Editor, SocketMutant } from "./tunnel.js";
import type { Mutant } from "./wrap.js";

/** Holds each ack back until the next answer, and lets the function say what becomes of both. */
const withAnswer = (change: (held: readonly Json[], answer: Json) => readonly Json[]): SocketMutant =>
  saying(() => {
    let held: Json[] = [];
    return (json) => {
      if (isAckOf(json)) {
        held.push(json);
        return null;
      }
      if (!isAnswerOf(json)) return undefined;
      const handedOn = change(held, json);
      held = [];
      return handedOn;
    };
  });

const ackedId = (json: Json) => asObject(envelopeIn(json)?.payload)?.original_envelope_id;

/** An ack as an agent sends it that looks at nothing but the flag. */
const hastyAck = (envelope: Json): FrameSpec => ({
  data: JSON.stringify({
    jsonrpc: "2.0",
    method: "asap.ack",
    params: {
      envelope: {
        id: "01KE0ZS0000000000000000000",
        sender: envelope.recipient,
        recipient: envelope.sender,
        payload_type: "MessageAck",
        payload: { original_envelope_id: envelope.id, status: "received", error: null },
      },
    },
  }),
});

const hasty: SocketMutant = {
  editor: ({ toClient }): Editor => ({
    asked: (frame) => {
      const envelope = envelopeIn(objectOf(frame.data));
      if (envelope?.requires_ack === true) toClient(hastyAck(envelope));
      return [frame];
    },
    answered: (frame) => (isAckOf(objectOf(frame.data)) ? [] : [frame]),
  }),
};

/** Gives envelopes another id on their way in, and their own back on the way out. */
const renaming = (rename: (id: string, seen: Set<string>) => string): SocketMutant => ({
  editor: (): Editor => {
    const own = new Map<string, string>();
    const seen = new Set<string>();
    return {
      asked: (frame) => {
        const json = objectOf(frame.data);
        const id = envelopeIn(json)?.id;
        if (typeof id !== "string") return [frame];
        const other = rename(id, seen);
        seen.add(id);
        own.set(other, id);
        return [{ opcode: frame.opcode, data: JSON.stringify(envelopeOf(json, { id: other })) }];
      },
      answered: (frame) => {
        let text = frame.data.toString("utf8");
        for (const [other, id] of own) text = text.replaceAll(other, id);
        return frame.opcode === 1 ? [{ data: text }] : [frame];
      },
    };
  },
});

const second = (make: (json: Json) => unknown, change: (json: Json) => readonly Json[] | null) => () => {
  const seen = new Set<unknown>();
  return (json: Json) => {
    const key = make(json);
    if (key === undefined || !seen.has(key)) {
      seen.add(key);
      return undefined;
    }
    return change(json);
  };
};

const nonceOf = (json: Json) => asObject(envelopeIn(json)?.extensions)?.nonce;
const nonceFault = (json: Json): Json => ({
  jsonrpc: "2.0",
  error: { code: -32602, message: "Invalid params", data: { error: "Invalid envelope nonce" } },
  id: json.id,
});

let connections = 0;

/** Agents whose acknowledgements are wrong. */
export const acknowledging: readonly Mutant[] = [
  mutant(
    "no ack",
    "acks.sent",
    ack(() => null),
  ),
  mutant(
    "ack after the response",
    "acks.sent",
    withAnswer((held, json) => [json, ...held]),
  ),
  mutant(
    "ack sent twice",
    "acks.each",
    ack((json) => [json, json]),
  ),
  mutant(
    "ack with an id",
    "acks.form",
    ack((json) => ({ ...json, id: 1 })),
  ),
  mutant(
    "ack with id null",
    "acks.form",
    ack((json) => ({ ...json, id: null })),
  ),
  mutant(
    "ack with a further member",
    "acks.fits-schema",
    ackEnvelope(() => ({ note: "hi" })),
  ),
  mutant(
    "ack from the agent whoever was asked",
    "acks.sender",
    ackEnvelope(() => ({ sender: "urn:asap:agent:echo-agent" })),
  ),
  mutant(
    "ack to the agent itself",
    "acks.recipient",
    ackEnvelope(({ sender }) => ({ recipient: sender })),
  ),
  mutant(
    "ack of a fixed version",
    "acks.version",
    ackEnvelope(() => ({ asap_version: "0.1" })),
  ),
  mutant(
    "ack under another spelling",
    "acks.payload-type",
    ackEnvelope(() => ({ payload_type: "message.ack" })),
  ),
  mutant(
    "ack with status processed",
    "acks.payload",
    ackPayload(() => ({ status: "processed" })),
  ),
  mutant(
    "ack without error",
    "acks.payload",
    ackPayload(() => ({ error: undefined })),
  ),
  mutant(
    "ack that names nothing known",
    "acks.sent",
    ackPayload(() => ({ original_envelope_id: "other" })),
  ),
  mutant(
    "ack under the id of the request",
    "acks.own-id",
    ackEnvelope(({ payload }) => ({ id: asObject(payload)?.original_envelope_id })),
  ),
  mutant(
    "ack that asks for an ack",
    "acks.asks-for-none",
    ackEnvelope(() => ({ requires_ack: true })),
  ),
  mutant(
    "ack with a correlation",
    "acks.asks-for-none",
    ackEnvelope(({ payload }) => ({ correlation_id: asObject(payload)?.original_envelope_id })),
  ),
  mutant(
    "ack of everything",
    "acks.not-asked.false",
    hearing(() => (json) => (envelopeIn(json) === undefined ? undefined : envelopeOf(json, { requires_ack: true }))),
  ),
  mutant(
    "ack of what does not say",
    "acks.not-asked.absent",
    hearing(() => (json) => {
      const envelope = envelopeIn(json);
      return envelope === undefined || "requires_ack" in envelope
        ? undefined
        : envelopeOf(json, { requires_ack: true });
    }),
  ),
  mutant(
    "no ack where an error follows",
    "acks.unknown-type",
    withAnswer((held, json) => ("error" in json ? [json] : [...held, json])),
  ),
  mutant("ack before anything is looked at", "acks.failed.stale", hasty),
  mutant("ack of a bad envelope", "acks.failed.extra-member", hasty),
  mutant("ack of another method", "acks.failed.method", hasty),
  mutant(
    "a repeat runs again",
    "acks.repeat",
    renaming((id, seen) => (seen.has(id) ? `${id}-${seen.size}-${Math.random()}` : id)),
  ),
  mutant("a repeat is not acknowledged", "acks.repeat", saying(second(ackedId, () => null))),
  mutant(
    "a repeat is not answered",
    "acks.repeat.at-once",
    hearing(
      second(
        (json) => envelopeIn(json)?.id,
        () => null,
      ),
    ),
  ),
  mutant("repeats are known within a connection only", "acks.repeat.reconnected", {
    editor: (sides) => {
      connections += 1;
      const own = connections;
      return renaming((id) => `${id}-${own}`).editor?.(sides) ?? {};
    },
  }),
  mutant(
    "repeats are known per transport",
    "acks.repeat.over-http",
    renaming((id) => `${id}-ws`),
  ),
  mutant("a repeated nonce is refused", "acks.repeat.nonce", {
    editor: ({ toClient }) => {
      const edit = second(nonceOf, (json) => {
        toClient({ data: JSON.stringify(nonceFault(json)) });
        return null;
      })();
      return { asked: (frame) => (edit(objectOf(frame.data)) === null ? [] : [frame]) };
    },
  }),
  mutant(
    "one task for all",
    "acks.another-envelope",
    answer((json) => JSON.parse(JSON.stringify(json).replace(/"task_id":"[^"]*"/, '"task_id":"task_1"'))),
  ),
];

/** The same for an agent that asks for a token. */
export const guarded: readonly Mutant[] = [
  mutant("ack before the credentials", "acks.failed.credentials", hasty),
  mutant("tokens asked for and not looked at", "acks.failed.credentials", {
    headers: () => ({ authorization: "Bearer t" }),
  }),
];
