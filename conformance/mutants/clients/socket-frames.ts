import { isSend } from "../../client/conforming.js";
import { closeData, opcodes } from "../../socket-frames.js";
import type { Json } from "../edit.js";
import { hearing, saying } from "../socket-edit.js";
import type { ClientMutant } from "./mutant.js";
import { own, read, repeats, rewriting, socketMutantsOf, takesNoAnswer } from "./socket-faults.js";

const pings = socketMutantsOf("socket-pings");
const heartbeat = socketMutantsOf("socket-heartbeat");
const fragments = socketMutantsOf("socket-fragments");
const utf8 = socketMutantsOf("socket-invalid-utf8");
const plain = socketMutantsOf("socket-plain-answer");
const oldest = socketMutantsOf("socket-plain-answer-oldest");
const pushes = socketMutantsOf("socket-pushes");

const isPush = (json: Json) => json.method === "asap.send";

/** An acknowledgement of a push, with changes to its members and to those of its envelope. */
const ackOfPush = (push: Json, envelope: Json, change: Json = {}): Json => {
  const pushed = (push as { params: { envelope: Json } }).params.envelope;
  const payload = { original_envelope_id: pushed.id, status: "received", error: null };
  const own = { ...pushed, sender: pushed.recipient, recipient: pushed.sender, payload_type: "MessageAck", payload };
  return {
    jsonrpc: "2.0",
    method: "asap.ack",
    params: { envelope: { ...own, requires_ack: false, ...envelope } },
    ...change,
  };
};

const acksWith = (envelope: Json, change?: Json) =>
  saying(({ toAgent }) => (json) => {
    if (isPush(json)) toAgent({ data: JSON.stringify(ackOfPush(json, envelope, change)) });
    return undefined;
  });

/** Clients that deal wrongly with frames that come at any time, and with answers that are not as usual. */
export const frameClients: readonly ClientMutant[] = [
  pings("takes-no-answer", "A client that fails when a ping comes before its answer", "completed", () =>
    takesNoAnswer(),
  ),
  pings("silent", "A client that does not answer an application ping", "pong", () =>
    hearing(() => (json) => (json.type === "pong" ? null : undefined)),
  ),
  pings("empty-pong", "A client whose pong frames are empty", "protocol-pong", () =>
    own("pong", () => [{ opcode: opcodes.pong }]),
  ),
  pings("pings-back", "A client that answers an application ping with a ping too", "no-ping", () =>
    hearing(() => (json) => (json.type === "pong" ? [json, { type: "ping" }] : undefined)),
  ),
  heartbeat("takes-no-answer", "A client that fails when an answer takes its time", "completed", () => takesNoAnswer()),
  heartbeat("none", "A client without a heartbeat", "pings", () => own("ping", () => [])),
  heartbeat("ping-in-fragments", "A client whose application pings come in fragments, the type last", "no-ping", () =>
    own("ping", (frame) => [
      frame,
      { data: '{"at":1,"ty', fin: false },
      { opcode: opcodes.continuation, data: 'pe":"ping"}' },
    ]),
  ),
  heartbeat("application", "A client whose heartbeat is an application ping too", "no-ping", () =>
    own("ping", (frame) => [frame, { data: '{"type": "ping"}' }]),
  ),
  fragments("refuses", "A client that does not put fragments together", "completed", () =>
    read((frame) => (frame.fin ? [frame] : [{ ...frame, fin: true }])),
  ),
  fragments("again", "A client that sends again what was answered in fragments", "once", () => repeats()),
  utf8("other-code", "A client that closes with 1002 where a text is not UTF-8", "closed", () =>
    own("close", () => [{ opcode: opcodes.close, data: closeData(1002) }]),
  ),
  utf8(
    "does-not-start",
    "A client that ends before it opens a WebSocket",
    "completed",
    () => ({ env: { ASAP_CONFORMANCE_ACK_TIMEOUT_MS: "soon" } }),
    ["closed"],
  ),
  plain("is-success", "A client that takes an answer without jsonrpc for a success", "completed", () =>
    rewriting((json) => json),
  ),
  plain("again", "A client that sends again what got an answer without jsonrpc", "final", () => repeats()),
  oldest("both", "A client that takes an answer without jsonrpc for that of every request", "completed", () => {
    const ids: unknown[] = [];
    return {
      editor: (sides) => ({
        ...hearing(() => (json) => {
          if (isSend(json)) ids.push(json.id);
          return undefined;
        }).editor?.(sides),
        ...saying(() => (json) => {
          if (!("detail" in json)) return undefined;
          return ids.map((id) => ({ jsonrpc: "2.0", error: { code: -32603, message: "failed" }, id }));
        }).editor?.(sides),
      }),
    };
  }),
  oldest("again", "A client that sends one of two messages again", "both", () => repeats(2)),
  pushes("drops-requests", "A client that drops a push in the shape of a request", "completed", () =>
    saying(() => (json) => (isPush(json) ? null : undefined)),
  ),
  pushes("drops-responses", "A client that drops a push in the shape of a response", "completed", () =>
    saying(() => (json) => ("result" in json && json.id === null ? null : undefined)),
  ),
  pushes("other-spelling", "A client that writes its acknowledgement message.ack", "acks", () =>
    acksWith({ payload_type: "message.ack" }),
  ),
  pushes("ack-with-id", "A client whose acknowledgement has a JSON-RPC id", "acks", () =>
    acksWith({}, { id: "ack-1" }),
  ),
  pushes("ack-of-another", "A client that acknowledges an envelope that nobody sent", "acks", () =>
    acksWith({ payload: { original_envelope_id: "other", status: "received", error: null } }),
  ),
];
