import { asObject } from "../documents.js";
import { frame, type Json, sent } from "./edit.js";
import type { Mutant } from "./wrap.js";

const now = () => new Date().toISOString();

/** Agents that let in what they must refuse, or take one thing for another. */
export const accepting: readonly Mutant[] = [
  { name: "extra member accepted", killedBy: "envelope.surprise.extra", ask: sent(() => ({ surprise: undefined })) },
  {
    name: "extra payload member accepted",
    killedBy: "task.payload.surprise.extra",
    ask: sent((own) => ({ payload: { ...asObject(own.payload), surprise: undefined } })),
  },
  {
    name: "requires_ack coerced",
    killedBy: "envelope.requires_ack.word-yes",
    ask: sent((own) => (own.requires_ack === "yes" ? { requires_ack: true } : {})),
  },
  {
    name: "URN with a line break accepted",
    killedBy: "envelope.sender.line-break",
    ask: sent((own) => ({ sender: typeof own.sender === "string" ? own.sender.trim() : own.sender })),
  },
  {
    name: "stale timestamp accepted",
    killedBy: "replay.old-301",
    ask: sent((own) => (Date.parse(String(own.timestamp)) < Date.now() - 290_000 ? { timestamp: now() } : {})),
  },
  {
    name: "timestamp ahead accepted",
    killedBy: "replay.ahead-31",
    ask: sent((own) => (Date.parse(String(own.timestamp)) > Date.now() + 20_000 ? { timestamp: now() } : {})),
  },
  {
    name: "maximum age of a minute",
    killedBy: "replay.old-299",
    ask: sent((own) =>
      Date.parse(String(own.timestamp)) < Date.now() - 60_000 ? { timestamp: "2020-01-01T00:00:00Z" } : {},
    ),
  },
  {
    name: "repeats run again",
    killedBy: "idempotency.same-bytes",
    ask: sent((own) => (typeof own.id === "string" ? { id: `${own.id}${Math.random()}` } : {})),
  },
  {
    name: "empty ids match",
    killedBy: "idempotency.id-empty",
    ask: sent((own) => (own.id === "" ? { id: "empty" } : {})),
  },
  {
    name: "recipient enforced",
    killedBy: "envelope.recipient.another-agent",
    ask: sent((own) => (own.recipient === "urn:asap:agent:under-test" ? { recipient: 7 } : {})),
  },
  {
    name: "PascalCase refused",
    killedBy: "task.spelling.TaskRequest",
    ask: sent((own) => (own.payload_type === "TaskRequest" ? { payload_type: "no.such" } : {})),
  },
  {
    name: "jsonrpc is not looked at",
    killedBy: "jsonrpc.jsonrpc.number",
    ask: frame((own) => (own.jsonrpc === "2.0" ? {} : { jsonrpc: "2.0" })),
  },
  {
    name: "any method is asap.send",
    killedBy: "jsonrpc.method.asap.nothing",
    ask: frame((own) => (own.method === "asap.send" ? {} : { method: "asap.send" })),
  },
  {
    name: "params of another kind are empty params",
    killedBy: "jsonrpc.params.null",
    ask: frame((own) => (asObject(own.params) === undefined ? { params: {} } : {})),
  },
  {
    name: "an id of another kind is 1",
    killedBy: "jsonrpc.id.true",
    ask: frame((own) => (isId(own.id) ? {} : { id: 1 })),
  },
  {
    name: "an id written 3.0 is 3",
    killedBy: "jsonrpc.id.integral-fraction",
    ask: (asked) => ({
      ...asked,
      body: Buffer.from(asked.body.toString("latin1").replace(/"id":3\.0\}$/, '"id":3}'), "latin1"),
    }),
  },
  {
    name: "members beyond are ignored",
    killedBy: "jsonrpc.surprise.extra",
    ask: frame((own) => ("surprise" in own ? { surprise: undefined } : {})),
  },
  {
    name: "missing params are empty params",
    killedBy: "jsonrpc.params.missing",
    ask: frame((own) => ("params" in own ? {} : { params: {} })),
  },
  {
    name: "payloads are mended",
    killedBy: "task.payload.skill_id.missing",
    ask: sent((own) => (own.payload_type === "task.request" ? { payload: mended(own) } : {})),
  },
  {
    name: "the first of equal members counts",
    killedBy: "jsonrpc.duplicate-members",
    ask: (asked) => ({
      ...asked,
      body: asked.body.includes('"jsonrpc":"1.0","jsonrpc"')
        ? Buffer.from(asked.body.toString().replace(/,"jsonrpc":"2.0"/, ""))
        : asked.body,
    }),
  },
  {
    name: "envelopes without id are one",
    killedBy: "idempotency.id-absent",
    ask: sent((own) => (own.id == null ? { id: "none" } : {})),
  },
  {
    name: "senders are not told apart",
    killedBy: "idempotency.other-sender",
    ask: sent((own) => ({ sender: String(own.sender).replace(/-other$/, "") })),
  },
  {
    name: "stale repeats are answered",
    killedBy: "idempotency.after-freshness",
    ask: sent((own) => (isStale(own) ? { timestamp: now() } : {})),
  },
  {
    name: "an empty key is a key",
    killedBy: "idempotency.key-empty",
    ask: frame((own) =>
      asObject(own.params)?.idempotency_key === ""
        ? { params: { ...asObject(own.params), idempotency_key: "none" } }
        : {},
    ),
  },
];

const isStale = (own: Json) => Date.parse(String(own.timestamp)) < Date.now() - 290_000;
const isId = (id: unknown) => typeof id === "string" || Number.isInteger(id);

function mended(own: Json): Json {
  const {
    conversation_id: conversation,
    parent_task_id: parent,
    skill_id: skill,
    input,
    config,
  } = asObject(own.payload) ?? {};
  return {
    conversation_id: typeof conversation === "string" ? conversation : "c",
    parent_task_id: typeof parent === "string" ? parent : null,
    skill_id: typeof skill === "string" ? skill : "echo",
    input: asObject(input) ?? {},
    config: asObject(config) ?? null,
  };
}
