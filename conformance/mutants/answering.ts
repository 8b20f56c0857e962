import { asObject } from "../documents.js";
import { envelope, error, json, objectOf, payload, recoded } from "./edit.js";
import type { Mutant } from "./wrap.js";

/** Agents whose answers to messages are wrong. */
export const answering: readonly Mutant[] = [
  {
    name: "wrong correlation_id",
    killedBy: "task.answer.correlation",
    answer: envelope(() => ({ correlation_id: "01KE0ZS0000000000000000000" })),
  },
  {
    name: "the request's own correlation_id",
    killedBy: "task.answer.correlation-not-copied",
    answer: envelope((_, own) => (own.correlation_id == null ? {} : { correlation_id: own.correlation_id })),
  },
  {
    name: "id not echoed",
    killedBy: "jsonrpc.id.echoed.string",
    answer: json((answer) => ("result" in answer ? { ...answer, id: "1" } : null)),
  },
  {
    name: "id echoed as a string",
    killedBy: "jsonrpc.id.echoed.one",
    answer: json((answer) => ("result" in answer ? { ...answer, id: String(answer.id) } : null)),
  },
  {
    name: "id null on errors",
    killedBy: "jsonrpc.id.on-error.string",
    answer: json((answer) => ("error" in answer ? { ...answer, id: null } : null)),
  },
  {
    name: "error beside a result",
    killedBy: "jsonrpc.answer.no-error-member",
    answer: json((answer) => ("result" in answer ? { ...answer, error: null } : null)),
  },
  {
    name: "answers of JSON-RPC 1.0",
    killedBy: "jsonrpc.answer.form",
    answer: json((answer) => ("result" in answer ? { ...answer, jsonrpc: "1.0" } : null)),
  },
  {
    name: "a member beyond the result",
    killedBy: "jsonrpc.answer.form",
    answer: json((answer) => ("result" in answer ? { ...answer, meta: {} } : null)),
  },
  {
    name: "a member within the result",
    killedBy: "jsonrpc.answer.form",
    answer: json((answer) =>
      "result" in answer ? { ...answer, result: { ...asObject(answer.result), took_ms: 1 } } : null,
    ),
  },
  {
    name: "-32603 for a bad envelope",
    killedBy: "envelope.sender.upper-case",
    answer: error((inner) =>
      asObject(inner.data)?.error === "Invalid envelope structure"
        ? { code: -32603, message: "Internal error", data: { error: "Internal server error" } }
        : {},
    ),
  },
  {
    name: "sender is not the manifest id",
    killedBy: "task.answer.sender",
    answer: envelope(() => ({ sender: "urn:asap:agent:other" })),
  },
  { name: "trace_id dropped", killedBy: "task.answer.trace", answer: envelope(() => ({ trace_id: null })) },
  {
    name: "asap_version not repeated",
    killedBy: "task.answer.version",
    answer: envelope(() => ({ asap_version: "0.1" })),
  },
  {
    name: "time without offset emitted",
    killedBy: "task.answer.time",
    answer: envelope((inner) => ({ timestamp: String(inner.timestamp).replace("Z", "") })),
  },
  {
    name: "payload with a further member",
    killedBy: "task.answer.fits-task-response",
    answer: payload(() => ({ note: "hi" })),
  },
  {
    name: "task id of another form",
    killedBy: "task.answer.ulids",
    answer: payload((inner) => ({ task_id: String(inner.task_id).slice(5) })),
  },
  {
    name: "JSON-RPC errors with status 400",
    killedBy: "errors.status",
    answer: (answered) => ("error" in objectOf(answered.body) ? { ...answered, status: 400 } : answered),
  },
  {
    name: "message that is not fixed",
    killedBy: "errors.message",
    answer: error((inner) => ({ message: `Oh no: ${inner.message}` })),
  },
  {
    name: "a stack in the error",
    killedBy: "errors.no-leak",
    answer: error((inner) => ({
      data: { ...asObject(inner.data), trace: "Error: x\n    at run (/home/me/agent.js:1:2)" },
    })),
  },
  {
    name: "faults without loc",
    killedBy: "errors.faults-form",
    answer: error((inner) =>
      asObject(inner.data)?.validation_errors === undefined
        ? {}
        : { data: { ...asObject(inner.data), validation_errors: [{ type: "x", msg: "y" }] } },
    ),
  },
  {
    name: "faults that name nothing",
    killedBy: "errors.located.envelope-missing",
    answer: error((inner) =>
      asObject(inner.data)?.validation_errors === undefined
        ? {}
        : { data: { ...asObject(inner.data), validation_errors: [{ type: "x", loc: [], msg: "y" }] } },
    ),
  },
  {
    name: "batch answered with a batch",
    killedBy: "jsonrpc.body.batch",
    answer: (answered, asked) =>
      asked.body[0] === 0x5b
        ? { ...answered, body: Buffer.concat([Buffer.from("["), answered.body, Buffer.from("]")]) }
        : answered,
  },
  {
    name: "-32600 as 500",
    killedBy: "errors.no-server-error",
    answer: (answered) =>
      asObject(objectOf(answered.body).error)?.code === -32600 ? { ...answered, status: 500 } : answered,
  },
  {
    name: "the request's id as its own",
    killedBy: "task.answer.own-id",
    answer: envelope((_, own) => ({ id: own.id })),
  },
  {
    name: "recipient left as it was",
    killedBy: "task.answer.recipient",
    answer: envelope((_, own) => ({ recipient: own.recipient })),
  },
  {
    name: "no id for an envelope without one",
    killedBy: "task.answer.generated-id",
    answer: envelope((_, own) => (own.id === null ? { correlation_id: null } : {})),
  },
  {
    name: "asks for an acknowledgement over HTTP",
    killedBy: "task.answer.no-ack-wanted",
    answer: envelope(() => ({ requires_ack: true })),
  },
  {
    name: "a member beyond the envelope",
    killedBy: "task.answer.fits-envelope",
    answer: envelope(() => ({ note: "hi" })),
  },
  { name: "completed without a result", killedBy: "task.answer.completed", answer: payload(() => ({ result: null })) },
  { name: "another echo", killedBy: "task.echo", answer: payload(() => ({ result: { said: {} } })) },
  {
    name: "one task for all",
    killedBy: "task.not-shared",
    answer: payload(() => ({ task_id: "task_01KE0ZS0000000000000000000" })),
  },
  {
    name: "TaskResponse in PascalCase",
    killedBy: "task.spelling.task.request",
    answer: envelope(() => ({ payload_type: "TaskResponse" })),
  },
  {
    name: "-32603 for an unknown skill",
    killedBy: "task.unknown-skill",
    answer: error((inner) => (asObject(inner.data)?.code === "asap:task/unknown_skill" ? recoded("-32603") : {})),
  },
  {
    name: "-32602 for an unknown type",
    killedBy: "task.unknown-type.no.such",
    answer: error((inner) =>
      inner.code === -32601 && asObject(inner.data)?.payload_type !== undefined ? recoded("-32602") : {},
    ),
  },
  {
    name: "no method in the error",
    killedBy: "jsonrpc.method.asap.nothing",
    answer: error((inner) => (asObject(inner.data)?.method === undefined ? {} : { data: {} })),
  },
  {
    name: "details without the limit",
    killedBy: "replay.details",
    answer: error((inner) =>
      asObject(inner.data)?.code === "asap:protocol/invalid_timestamp"
        ? { data: { ...asObject(inner.data), details: {} } }
        : {},
    ),
  },
  {
    name: "parse errors as -32600",
    killedBy: "jsonrpc.text.empty",
    answer: error((inner) => (inner.code === -32700 ? recoded("-32600") : {})),
  },
  {
    name: "no received type",
    killedBy: "jsonrpc.body.null",
    answer: error((inner) =>
      asObject(inner.data)?.received_type === undefined ? {} : { data: { error: "not an object" } },
    ),
  },
  {
    name: "-32600 for a missing envelope",
    killedBy: "envelope.absent",
    answer: error((inner) => (/envelope'/.test(String(asObject(inner.data)?.error)) ? recoded("-32600") : {})),
  },
  {
    name: "-32603 for a bad payload",
    killedBy: "task.payload.input.array",
    answer: error((inner) => (asObject(inner.data)?.code === "asap:protocol/invalid_payload" ? recoded("-32603") : {})),
  },
  {
    name: "NaN in an error",
    killedBy: "errors.json",
    answer: (answered) => ({
      ...answered,
      body: Buffer.from(
        answered.body.toString().replace(/"method":"asap.nothing"/, '"method":"asap.nothing","at":NaN'),
      ),
    }),
  },
  {
    name: "errors as text/plain",
    killedBy: "errors.content-type",
    answer: (answered) =>
      "error" in objectOf(answered.body)
        ? { ...answered, headers: { ...answered.headers, "content-type": "text/plain" } }
        : answered,
  },
  {
    name: "indented answers",
    killedBy: "http.answer.compact",
    answer: (answered) =>
      "result" in objectOf(answered.body)
        ? { ...answered, body: Buffer.from(JSON.stringify(objectOf(answered.body), null, 2)) }
        : answered,
  },
];
