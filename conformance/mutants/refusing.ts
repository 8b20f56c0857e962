import { asObject } from "../documents.js";
import { type Json, objectOf, sent } from "./edit.js";
import type { Asked, Mutant } from "./wrap.js";

/** Refuses the envelopes that the function picks: their sender is made one that no agent accepts. */
const refuses = (name: string, killedBy: string, picks: (envelope: Json) => boolean): Mutant => ({
  name,
  killedBy,
  ask: sent((own) => (picks(own) ? { sender: 7 } : {})),
});

/** Refuses the requests that the function picks with a status of its own. */
const turnsAway = (name: string, killedBy: string, picks: (asked: Asked) => boolean): Mutant => ({
  name,
  killedBy,
  answer: (answered, asked) =>
    picks(asked) ? { ...answered, status: 400, body: Buffer.from('{"detail":"no"}') } : answered,
});

const payload = (own: Json) => asObject(own.payload) ?? {};
const time = (own: Json) => String(own.timestamp);
const extensions = (own: Json) => asObject(own.extensions) ?? {};
const params = (asked: Asked) => asObject(objectOf(asked.body).params) ?? {};
const type = (asked: Asked) => asked.headers["content-type"];

/** Agents that refuse what they must accept. */
export const refusing: readonly Mutant[] = [
  refuses("an id is required", "envelope.id.missing", (own) => own.id === undefined),
  refuses("a null id is refused", "envelope.id.null", (own) => own.id === null),
  refuses("an empty id is refused", "envelope.id.empty", (own) => own.id === ""),
  refuses("an empty version is refused", "envelope.asap_version.empty", (own) => own.asap_version === ""),
  refuses("versions are compared", "task.answer.version", (own) => own.asap_version !== "0.1"),
  refuses("a timestamp is required", "envelope.timestamp.missing", (own) => own.timestamp === undefined),
  refuses("a null timestamp is refused", "envelope.timestamp.null", (own) => own.timestamp === null),
  refuses("a lower-case t is refused", "envelope.timestamp.lower-case", (own) => time(own).includes("t")),
  refuses("a space in a time is refused", "envelope.timestamp.space", (own) => time(own).includes(" ")),
  refuses("a fraction is required", "envelope.timestamp.no-fraction", (own) => /:\d\dZ$/.test(time(own))),
  refuses("nine digits are refused", "envelope.timestamp.nine-digits", (own) => /\.\d{9}/.test(time(own))),
  refuses("Z is required", "envelope.timestamp.zero-offset", (own) => /\+00:00$/.test(time(own))),
  refuses("other offsets are refused", "envelope.timestamp.other-offset", (own) => /\+05:30$/.test(time(own))),
  refuses(
    "an offset is required",
    "envelope.timestamp.no-offset",
    (own) => /\d\d$/.test(time(own)) && !time(own).includes("+"),
  ),
  refuses(
    "senders of two segments are refused",
    "envelope.sender.two-segments",
    (own) => String(own.sender).split(":").length > 4,
  ),
  refuses("long senders are refused", "envelope.sender.longest", (own) => String(own.sender).length > 200),
  refuses(
    "recipients of two segments are refused",
    "envelope.recipient.two-segments",
    (own) => String(own.recipient).split(":").length > 4,
  ),
  refuses("long recipients are refused", "envelope.recipient.longest", (own) => String(own.recipient).length > 200),
  refuses("correlation_id is required", "envelope.correlation_id.missing", (own) => own.correlation_id === undefined),
  refuses("an empty correlation_id is refused", "envelope.correlation_id.empty", (own) => own.correlation_id === ""),
  refuses("trace_id is required", "envelope.trace_id.missing", (own) => own.trace_id === undefined),
  refuses("an empty trace_id is refused", "envelope.trace_id.empty", (own) => own.trace_id === ""),
  refuses("requires_ack is required", "envelope.requires_ack.missing", (own) => own.requires_ack === undefined),
  refuses("extensions are required", "envelope.extensions.missing", (own) => own.extensions === undefined),
  refuses("unknown extensions are refused", "envelope.extensions.any-members", (own) => "x" in extensions(own)),
  refuses("__proto__ is refused everywhere", "envelope.extensions.proto-member", (own) =>
    Object.hasOwn(extensions(own), "__proto__"),
  ),
  refuses("acknowledgements are refused", "envelope.requires-ack.true", (own) => own.requires_ack === true),
  refuses("short envelopes are refused", "envelope.optional-members-absent", (own) => Object.keys(own).length < 6),
  refuses(
    "envelopes of nulls are refused",
    "envelope.optional-members-null",
    (own) => own.id === null && own.timestamp === null,
  ),
  refuses(
    "task.response needs correlation_id",
    "envelope.correlation.task.response.not-needed",
    (own) => own.payload_type === "task.response",
  ),
  refuses(
    "mcp_tool_result needs correlation_id",
    "envelope.correlation.mcp_tool_result.not-needed",
    (own) => own.payload_type === "mcp_tool_result",
  ),
  refuses(
    "a type in snake case is refused",
    "task.spelling.task_request",
    (own) => own.payload_type === "task_request",
  ),
  refuses(
    "a type in upper case is refused",
    "task.spelling.TASK.REQUEST",
    (own) => own.payload_type === "TASK.REQUEST",
  ),
  refuses(
    "a type with a hyphen is refused",
    "task.spelling.Task-Request",
    (own) => own.payload_type === "Task-Request",
  ),
  refuses("a type in one word is refused", "task.spelling.taskrequest", (own) => own.payload_type === "taskrequest"),
  refuses(
    "an empty conversation is refused",
    "task.payload.conversation_id.empty",
    (own) => payload(own).conversation_id === "",
  ),
  refuses(
    "parent_task_id is required",
    "task.payload.parent_task_id.missing",
    (own) => payload(own).skill_id === "echo" && !("parent_task_id" in payload(own)),
  ),
  refuses(
    "an empty parent_task_id is refused",
    "task.payload.parent_task_id.empty",
    (own) => payload(own).parent_task_id === "",
  ),
  refuses(
    "config is required",
    "task.payload.config.missing",
    (own) => payload(own).skill_id === "echo" && !("config" in payload(own)),
  ),
  refuses(
    "wishes are refused",
    "task.config.callback-settings",
    (own) => payload(own).config != null && "wish" in (asObject(payload(own).config) ?? {}),
  ),
  refuses(
    "a nonce is required",
    "replay.nonce.optional",
    (own) => own.extensions != null && Object.keys(extensions(own)).length === 0,
  ),
  refuses("a nonce must be a string", "replay.nonce.malformed", (own) => typeof extensions(own).nonce === "number"),
  refuses("nothing may be ahead", "replay.ahead-25", (own) => Date.parse(time(own)) > Date.now() + 5000),
  turnsAway("params are closed", "jsonrpc.params.other-members", (asked) => "surprise" in params(asked)),
  turnsAway(
    "a null key is refused",
    "jsonrpc.params.idempotency-key-null",
    (asked) => params(asked).idempotency_key === null,
  ),
  turnsAway("digits are read as a number", "jsonrpc.id.echoed.digits", (asked) => objectOf(asked.body).id === "1"),
  turnsAway("gzip is refused", "http.encoding.gzip", (asked) => asked.headers["content-encoding"] === "gzip"),
  turnsAway(
    "identity is refused",
    "http.encoding.identity",
    (asked) => asked.headers["content-encoding"] === "identity",
  ),
  turnsAway("a length is required", "http.chunked", (asked) => "transfer-encoding" in asked.headers),
  turnsAway("text is refused", "http.content-type.text-plain", (asked) => type(asked) === "text/plain"),
  turnsAway("forms are refused", "http.content-type.application-x-www-form-urlencoded", (asked) =>
    String(type(asked)).includes("form"),
  ),
  turnsAway(
    "a content type is required",
    "http.content-type.absent",
    (asked) => asked.method === "POST" && type(asked) === undefined,
  ),
  turnsAway("large bodies are refused", "http.size.exact", (asked) => asked.body.length > 10_000_000),
  turnsAway("keys are refused", "idempotency.key", (asked) => asked.headers["x-idempotency-key"] !== undefined),
  {
    name: "a repeated nonce is a bad envelope",
    killedBy: "replay.nonce.repeated",
    make: () => {
      const isRepeated = seenBefore();
      return { ask: sent((own) => (isRepeated(own) ? { sender: 7 } : {})) };
    },
  },
  {
    name: "deep nesting is an error of the server",
    killedBy: "jsonrpc.deep-nesting",
    answer: (answered, asked) =>
      asked.body.includes("[".repeat(1000)) ? { ...answered, status: 500, body: Buffer.alloc(0) } : answered,
  },
  {
    name: "an extra member brings it down",
    killedBy: "errors.still-serving",
    spreads: true,
    make: () => {
      let broken = false;
      return {
        ask: (asked) => {
          broken ||= asked.body.includes('"surprise"');
          return asked;
        },
        answer: (answered) => (broken ? { ...answered, status: 500, body: Buffer.alloc(0) } : answered),
      };
    },
  },
];

function seenBefore(): (own: Json) => boolean {
  const seen = new Set<unknown>();
  return (own) => {
    const { nonce } = extensions(own);
    const known = typeof nonce === "string" && seen.has(nonce);
    seen.add(nonce);
    return known;
  };
}
