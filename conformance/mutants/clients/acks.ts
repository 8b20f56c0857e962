import { answerTo, isSend } from "../../client/conforming.js";
import type { Json } from "../edit.js";
import { envelopeIn, envelopeOf, hearing, isAckOf, saying } from "../socket-edit.js";
import type { ClientMutant } from "./mutant.js";
import { envelope, repeats, rewriting, sends, socketMutantsOf, takesNoAnswer } from "./socket-faults.js";

const flags = socketMutantsOf("ack-flags");
const missing = socketMutantsOf("ack-missing");
const never = socketMutantsOf("ack-never");
const breaker = socketMutantsOf("ack-never-breaker");
const late = socketMutantsOf("ack-then-answer");
const rejected = socketMutantsOf("ack-rejected");
const lost = socketMutantsOf("ack-lost-connection");

/** Changes the envelopes of one payload type. */
const typed = (type: string, change: Json) =>
  hearing(() => (json) => (envelopeIn(json)?.payload_type === type ? envelopeOf(json, change) : undefined));

/** Rules of an envelope that comes again, in which a client that does not send it again is wrong too. */
const notAgain = ["same-id", "same-envelope", "rpc-id"];

/** The JSON-RPC id of the first message on what is sent again. */
const keepsId = () => rewriting((json, { id }) => ({ ...json, id }), 2);

const anHourAgo = () => new Date(Date.now() - 3_600_000).toISOString();

/** Answers the message at a position in place of the agent, and hands it on all the same. */
const answered = (position: number) =>
  sends((json, count, { toClient }) => {
    if (count === position && isSend(json)) toClient({ data: JSON.stringify(answerTo(json)) });
    return undefined;
  });

/** Clients that are wrong about acknowledgements. */
export const ackClients: readonly ClientMutant[] = [
  flags("takes-no-answer", "A client that fails although its five messages are answered", "completed", () =>
    takesNoAnswer(5),
  ),
  flags("no-cancel", "A client that asks for no acknowledgement of a TaskCancel", "asked", () =>
    typed("task.cancel", { requires_ack: false }),
  ),
  flags("no-restore", "A client that asks for no acknowledgement of a StateRestore", "asked", () =>
    typed("StateRestore", { requires_ack: false }),
  ),
  flags("no-message", "A client that asks for no acknowledgement of a MessageSend", "asked", () =>
    typed("MessageSend", { requires_ack: false }),
  ),
  flags("query", "A client that asks for an acknowledgement of a StateQuery", "not-asked", () =>
    typed("StateQuery", { requires_ack: true }),
  ),
  flags("dotted", "A client that writes state.restore", "spellings", () =>
    typed("StateRestore", { payload_type: "state.restore" }),
  ),

  missing("takes-no-answer", "A client that fails although what it sent again is answered", "completed", () =>
    takesNoAnswer(),
  ),
  missing(
    "any-ack",
    "A client that takes an acknowledgement of another envelope for its own",
    "again",
    () => rewriting(() => null, 2),
    ["wait", ...notAgain],
  ),
  missing("once-more", "A client that sends an envelope again that was acknowledged", "again", () => repeats(2)),
  missing("early", "A client that sends again before its wait is over", "wait", () => ({
    env: { ASAP_CONFORMANCE_ACK_TIMEOUT_MS: "300" },
  })),
  missing("new-time", "A client that gives what it sends again a new timestamp", "same-id", () =>
    envelope(() => ({ timestamp: anHourAgo() }), 2),
  ),
  missing("new-nonce", "A client that gives what it sends again a new nonce", "same-id", () =>
    envelope(() => ({ extensions: { nonce: "another" } }), 2),
  ),
  missing("new-trace", "A client that changes what it sends again", "same-envelope", () =>
    envelope(() => ({ trace_id: "0af7651916cd43dd8448eb211c80319c" }), 2),
  ),
  missing("same-rpc-id", "A client that keeps the JSON-RPC id of what it sends again", "rpc-id", keepsId),

  never("answers-itself", "A client that takes the last retry for a success", "completed", () => answered(4)),
  never("two-retries", "A client that gives up after two retries", "retries", () =>
    sends((_, count) => (count === 4 ? null : undefined)),
  ),
  never("four-retries", "A client that retries once more than is permitted", "retries", () => repeats(4), ["waits"]),
  never("early", "A client that retries before its wait is over", "waits", () => ({
    env: { ASAP_CONFORMANCE_ACK_TIMEOUT_MS: "100" },
  })),

  breaker("answers-itself", "A client with a breaker that takes the last retry for a success", "completed", () =>
    answered(4),
  ),
  breaker("not-counted", "A client whose breaker does not count what was never acknowledged", "counted", () =>
    sends((json, count) => (count === 4 ? [json, envelopeOf(json, { id: "01ARZ3NDEKTSV4RRFFQ69G5FAV" })] : undefined)),
  ),

  late("takes-no-answer", "A client that fails although its answer comes, late", "completed", () => takesNoAnswer()),
  late("deaf", "A client that pays no heed to acknowledgements", "once", () =>
    saying(() => (json) => (isAckOf(json) ? null : undefined)),
  ),

  rejected("is-success", "A client that takes a rejection for a success", "completed", () => rewriting((json) => json)),
  rejected("again", "A client that sends again what was rejected", "final", () => repeats()),

  lost("takes-no-answer", "A client that fails although its answer comes on the next WebSocket", "completed", () =>
    takesNoAnswer(),
  ),
  lost(
    "forgets",
    "A client that forgets what was not acknowledged when its WebSocket is lost",
    "again",
    () => rewriting(() => null, 2),
    notAgain,
  ),
  lost("new-time", "A client that gives what it sends on the next WebSocket a new timestamp", "same-id", () =>
    envelope(() => ({ timestamp: anHourAgo() }), 2),
  ),
  lost("new-trace", "A client that changes what it sends on the next WebSocket", "same-envelope", () =>
    envelope(() => ({ trace_id: "0af7651916cd43dd8448eb211c80319c" }), 2),
  ),
  lost("same-rpc-id", "A client that keeps the JSON-RPC id of what it sends on the next WebSocket", "rpc-id", keepsId),
];
