import { asObject } from "../documents.js";
import type { Answered, Asked, Mutant } from "./wrap.js";

type Json = Record<string, unknown>;

/** The JSON object of a body, or an empty one. */
function objectOf(body: Buffer): Json {
  try {
    return asObject(JSON.parse(body.toString("utf8"))) ?? {};
  } catch {
    return {};
  }
}

/** Changes a JSON answer; one that is no JSON object stays. */
const json =
  (change: (answer: Json, asked: Asked) => Json | null) =>
  (answered: Answered, asked: Asked): Answered => {
    const answer = answered.status === 200 ? objectOf(answered.body) : {};
    const changed = Object.keys(answer).length === 0 ? null : change(answer, asked);
    return changed === null ? answered : { ...answered, body: Buffer.from(JSON.stringify(changed)) };
  };

/** Changes the envelope of a successful answer. */
const envelope = (change: (envelope: Json, sent: Json) => Json) =>
  json((answer, asked) => {
    const inner = asObject(asObject(answer.result)?.envelope);
    const sent = asObject(asObject(objectOf(asked.body).params)?.envelope) ?? {};
    return inner === undefined ? null : { ...answer, result: { envelope: { ...inner, ...change(inner, sent) } } };
  });

/** Changes the payload of a successful answer. */
const payload = (change: (payload: Json) => Json) =>
  envelope((inner) => ({ payload: { ...asObject(inner.payload), ...change(asObject(inner.payload) ?? {}) } }));

/** Changes an error. */
const error = (change: (error: Json, answer: Json) => Json) =>
  json((answer) => {
    const inner = asObject(answer.error);
    return inner === undefined ? null : { ...answer, error: { ...inner, ...change(inner, answer) } };
  });

/** Changes the envelope on its way in. */
const sent =
  (change: (envelope: Json) => Json) =>
  (asked: Asked): Asked => {
    const request = objectOf(asked.body);
    const params = asObject(request.params);
    const inner = asObject(params?.envelope);
    if (inner === undefined || asked.body.length > 100_000) return asked;
    const changes = Object.entries(change(inner));
    if (changes.every(([name, value]) => JSON.stringify(inner[name]) === JSON.stringify(value))) return asked;
    const changed = { ...request, params: { ...params, envelope: { ...inner, ...Object.fromEntries(changes) } } };
    return { ...asked, body: Buffer.from(JSON.stringify(changed)) };
  };

/** Changes the answers of one path. */
const at =
  (path: string, change: (answered: Answered, asked: Asked) => Answered) => (answered: Answered, asked: Asked) =>
    asked.path.startsWith(path) ? change(answered, asked) : answered;

const without =
  (name: string) =>
  (answered: Answered): Answered => ({ ...answered, headers: { ...answered.headers, [name]: undefined } });
const withStatus =
  (from: number, to: number) =>
  (answered: Answered): Answered =>
    answered.status === from ? { ...answered, status: to } : answered;
const dropMember = (member: string) =>
  json((body) => {
    const { [member]: _, ...rest } = body;
    return rest;
  });
const now = () => new Date().toISOString();
const manifest = "/.well-known/asap/manifest.json";
const health = "/.well-known/asap/health";
const metrics = "/asap/metrics";
const text =
  (from: RegExp, to: string) =>
  (answered: Answered): Answered => ({
    ...answered,
    body: Buffer.from(answered.body.toString("utf8").replace(from, to)),
  });

/** Agents that are wrong in one way each, with the case that must see it. */
export const mutants: readonly Mutant[] = [
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
    name: "-32603 for a bad envelope",
    killedBy: "envelope.sender.upper-case",
    answer: error((inner) =>
      asObject(inner.data)?.error === "Invalid envelope structure"
        ? { code: -32603, message: "Internal error", data: { error: "Internal server error" } }
        : {},
    ),
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
    killedBy: "task.answer.task-id",
    answer: payload((inner) => ({ task_id: String(inner.task_id).slice(5) })),
  },
  {
    name: "PascalCase refused",
    killedBy: "task.spelling.TaskRequest",
    ask: sent((own) => (own.payload_type === "TaskRequest" ? { payload_type: "no.such" } : {})),
  },
  {
    name: "ETag ignored",
    killedBy: "discovery.not-modified",
    ask: (asked) => ({ ...asked, headers: { ...asked.headers, "if-none-match": undefined } }),
  },
  {
    name: "weak ETag",
    killedBy: "discovery.etag",
    answer: at(manifest, (answered) => ({
      ...answered,
      headers: { ...answered.headers, etag: `W/${answered.headers.etag}` },
    })),
  },
  {
    name: "ETag that changes",
    killedBy: "discovery.etag-stable",
    answer: at(manifest, (answered) => ({ ...answered, headers: { ...answered.headers, etag: `"${Math.random()}"` } })),
  },
  { name: "no Cache-Control", killedBy: "discovery.cache-control", answer: at(manifest, without("cache-control")) },
  {
    name: "HEAD refused",
    killedBy: "discovery.head",
    answer: (answered, asked) => (asked.method === "HEAD" ? { ...answered, status: 405 } : answered),
  },
  {
    name: "manifest with an unknown member",
    killedBy: "discovery.closed",
    answer: at(
      manifest,
      json((body) => ({ ...body, sla: {} })),
    ),
  },
  { name: "manifest without nulls", killedBy: "discovery.every-member", answer: at(manifest, dropMember("signature")) },
  { name: "health without uptime", killedBy: "health.served", answer: at(health, dropMember("uptime_seconds")) },
  {
    name: "health without capabilities",
    killedBy: "health.all-members",
    answer: at(health, dropMember("capabilities")),
  },
  {
    name: "health of another agent",
    killedBy: "health.agent",
    answer: at(
      health,
      json((body) => ({ ...body, agent_id: "urn:asap:agent:other" })),
    ),
  },
  {
    name: "unhealthy with 200",
    killedBy: "health.status",
    answer: at(
      health,
      json((body) => ({ ...body, status: "unhealthy" })),
    ),
  },
  {
    name: "endpoints that are no URLs",
    killedBy: "registry.endpoints",
    answer: at(
      manifest,
      json((body) => ({ ...body, endpoints: { asap: "/asap", events: null } })),
    ),
  },
  { name: "405 without Allow", killedBy: "http.wrong-method.rpc.get", answer: without("allow") },
  {
    name: "404 without detail",
    killedBy: "http.unknown-path.get",
    answer: (answered) => (answered.status === 404 ? { ...answered, body: Buffer.from("no") } : answered),
  },
  { name: "400 in place of 415", killedBy: "http.encoding.deflate.unsupported", answer: withStatus(415, 400) },
  { name: "200 for a bad gzip body", killedBy: "http.encoding.gzip.not-compressed", answer: withStatus(400, 200) },
  {
    name: "br refused",
    killedBy: "http.encoding.br",
    answer: (answered, asked) => (asked.headers["content-encoding"] === "br" ? { ...answered, status: 415 } : answered),
  },
  {
    name: "text/html answers",
    killedBy: "http.post",
    answer: (answered) => ({ ...answered, headers: { ...answered.headers, "content-type": "text/html" } }),
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
    name: "parse errors as 500",
    killedBy: "errors.no-server-error",
    answer: (answered) =>
      asObject(objectOf(answered.body).error)?.code === -32700 ? { ...answered, status: 500 } : answered,
  },
  {
    name: "metrics as OpenMetrics",
    killedBy: "metrics.served",
    answer: at(metrics, (answered) => ({
      ...answered,
      headers: { ...answered.headers, "content-type": "application/openmetrics-text; version=1.0.0" },
    })),
  },
  {
    name: "buckets over the count",
    killedBy: "metrics.buckets-cumulative",
    answer: at(metrics, text(/(asap_request_duration_seconds_bucket\{[^}]*le="\+Inf"[^}]*\}) \d+/g, "$1 999999")),
  },
  {
    name: "requests not counted",
    killedBy: "metrics.requests-counted",
    answer: at(metrics, text(/^(asap_requests_total\{.*\}) \d+$/gm, "$1 1")),
  },
];
