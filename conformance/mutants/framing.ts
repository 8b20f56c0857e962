import { closeOf } from "../socket-frames.js";
import { answer, close, closesWith, frames, framesIn, is, isAnswerOf, mutant, refusal } from "./socket-edit.js";
import type { PassingFrame } from "./tunnel.js";
import type { Mutant } from "./wrap.js";

const cleaned = (frame: PassingFrame) => [{ ...frame, data: Buffer.from(frame.data.toString("utf8")) }];

/** Agents that treat frames of RFC 6455 wrong. */
export const framing: readonly Mutant[] = [
  mutant(
    "no fragments",
    "websocket.fragments",
    framesIn((frame, { toClient }) => {
      if (frame.fin && !is("continuation")(frame)) return [frame];
      toClient(close(1002));
      return [];
    }),
  ),
  mutant(
    "fragments read one by one",
    "websocket.fragments.within-character",
    framesIn((frame) => (is("text")(frame) || is("continuation")(frame) ? cleaned(frame) : [frame])),
  ),
  mutant(
    "pings unanswered",
    "websocket.ping",
    frames((frame) => (is("pong")(frame) ? [] : [frame])),
  ),
  mutant(
    "pongs without the data",
    "websocket.fragments.ping-between",
    frames((frame) => (is("pong")(frame) ? [{ ...frame, data: "" }] : [frame])),
  ),
  mutant(
    "empty pings unanswered",
    "websocket.ping.empty",
    frames((frame) => (is("pong")(frame) && frame.data.length === 0 ? [] : [frame])),
  ),
  mutant(
    "closed on a pong nobody asked for",
    "websocket.unasked-pong",
    framesIn((frame, { toClient }) => {
      if (is("pong")(frame)) toClient(close(1002));
      return is("pong")(frame) ? [] : [frame];
    }),
  ),
  mutant("close code not repeated", "websocket.close.code", closesWith(1000, 1001)),
  mutant("close without a code answered 1002", "websocket.close.no-code", closesWith(null, 1002)),
  mutant("1002 in place of 1007", "websocket.utf8.invalid", closesWith(1007, 1002)),
  mutant(
    "bad UTF-8 patched",
    "websocket.utf8.invalid-in-fragments",
    framesIn((frame) => (frame.opcode < 3 ? cleaned(frame) : [frame])),
  ),
  mutant(
    "unmasked frames read",
    "websocket.violation.unmasked",
    framesIn((frame) => [{ ...frame, masked: true }]),
  ),
  mutant(
    "reserved bits passed over",
    "websocket.violation.reserved-bit",
    framesIn((frame) => [{ ...frame, rsv: 0 }]),
  ),
  mutant(
    "reserved kinds passed over",
    "websocket.violation.reserved-opcode",
    framesIn((frame) => (frame.opcode === 3 ? [] : [frame])),
  ),
  mutant("closed with 1001 whatever is wrong", "websocket.violation.long-ping", closesWith(1002, 1001)),
  mutant(
    "close codes unchecked",
    "websocket.violation.close-code.1005",
    framesIn((frame) => [is("close")(frame) && closeOf(frame).code !== null ? close(1000) : frame]),
  ),
  mutant("1002 in place of 1009", "websocket.size.declared", closesWith(1009, 1002)),
  mutant("1000 in place of 1009", "websocket.size.over-in-fragments", closesWith(1009, 1000)),
  mutant("large messages closed", "websocket.size.over", {
    editor: ({ toClient }) => ({
      answered: (frame) => {
        if (!frame.data.includes("request_too_large")) return [frame];
        toClient(close(1009));
        return [];
      },
    }),
  }),
  mutant(
    "large messages told as over HTTP",
    "websocket.size.over",
    frames((frame) => (frame.data.includes("request_too_large") ? [{ data: '{"detail":"too large"}' }] : [frame])),
  ),
  mutant(
    "a limit a little lower",
    "websocket.size.exact",
    answer((json) => (json.id === "large" && isAnswerOf(json) ? refusal(json, null) : undefined)),
  ),
];
