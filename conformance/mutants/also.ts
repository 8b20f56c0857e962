import { routesAlso } from "./also-routes.js";
import type { Also } from "./registry.js";

const also = (because: string, ...cases: readonly string[]): Also => ({ cases, because });
const same = (...cases: readonly string[]): Also => ({ cases });

const everySocket = also("nothing comes over a WebSocket", "websocket.*", "acks.*", "lifecycle.repeat.completed");
const everyRepeat = also(
  "a task is told from another by its task_id",
  "acks.repeat.over-http",
  "lifecycle.repeat.completed",
);
const bodyAcked = same("acks.bad-payload", "acks.unknown-skill", "acks.unknown-type");
const refusalSays = also(
  "they look at a refusal over a WebSocket",
  "websocket.ack-from-client",
  "websocket.client-ping",
  "websocket.no-object.*",
  "websocket.not-json.*",
  "websocket.pong.with-method",
  "websocket.response-from-client",
);

/** Cases that rightly fail with mutants about messages over HTTP, beside those that must, by the mutant's id. */
const messages: Readonly<Record<string, readonly Also[]>> = {
  "task/wrong-correlation-id": [same("task.answer.correlation-not-copied", "task.answer.empty-id-kept")],
  "task/asap-version-not-repeated": [same("task.answer.version-empty")],
  "task/task-id-of-another-form": [
    also("they compare a task over HTTP with that over a WebSocket", ...everyRepeat.cases),
  ],
  "task/completed-without-a-result": [same("task.echo")],
  "task/one-task-for-all": [everyRepeat, also("that a request is another is seen by its task", "idempotency.*")],
  "task/minus-32602-for-an-unknown-type": [
    same("task.unknown-type.empty", "metrics.unknown-type-counted-as-other"),
    also("the agent knows no handler for these types", "payloads.*", "jsonrpc.order-of-stages"),
  ],
  "task/minus-32603-for-a-bad-payload": [
    same("task.payload.*", "lifecycle.cancel.malformed.*", "payloads.messageSend.*"),
  ],
  "task/extra-payload-member-accepted": [
    same("lifecycle.cancel.malformed.surprise.extra", "payloads.messageSend.surprise.extra"),
  ],
  "task/payloads-are-mended": [
    also("a payload that is mended is never at fault", "task.payload.*", "envelope.payload.*"),
  ],
  "task/versions-are-compared": [same("envelope.asap_version.empty", "task.answer.version-empty")],
  "jsonrpc/id-not-echoed": [
    same("jsonrpc.id.*"),
    also("they know an answer by its id", "jsonrpc.duplicate-members", "idempotency.envelope-id"),
  ],
  "jsonrpc/id-echoed-as-a-string": [same("jsonrpc.id.echoed.*")],
  "jsonrpc/id-null-on-errors": [same("jsonrpc.id.on-error.integer", "jsonrpc.id.on-structure-fault")],
  "jsonrpc/batch-answered-with-a-batch": [same("jsonrpc.body.empty-batch")],
  "jsonrpc/no-method-in-the-error": [same("jsonrpc.method.*")],
  "jsonrpc/parse-errors-as-32600": [same("jsonrpc.text.*")],
  "jsonrpc/no-received-type": [same("jsonrpc.body.*")],
  "jsonrpc/jsonrpc-is-not-looked-at": [same("jsonrpc.jsonrpc.*")],
  "jsonrpc/any-method-is-asap-send": [
    same("jsonrpc.method.*"),
    also("they ask for a method that there is not", "jsonrpc.id.on-*", "jsonrpc.order-of-stages"),
  ],
  "jsonrpc/params-of-another-kind-are-empty-params": [same("jsonrpc.params.*")],
  "jsonrpc/an-id-of-another-kind-is-1": [same("jsonrpc.id.*", "jsonrpc.params.beside-other-faults")],
  "jsonrpc/members-beyond-are-ignored": [also("its frame has a member beyond", "jsonrpc.order-of-stages")],
  "jsonrpc/deep-nesting-is-an-error-of-the-server": [same("errors.no-server-error")],
  "envelope/minus-32603-for-a-bad-envelope": [
    also("every fault of an envelope is told so", "envelope.*", "jsonrpc.order-of-stages"),
  ],
  "envelope/minus-32600-for-a-missing-envelope": [same("envelope.array", "envelope.null", "envelope.string")],
  "envelope/an-id-is-required": [same("envelope.optional-members-absent", "idempotency.id-absent")],
  "envelope/a-null-id-is-refused": [
    same("envelope.optional-members-null", "idempotency.id-absent", "task.answer.generated-id"),
  ],
  "envelope/an-empty-id-is-refused": [same("idempotency.id-empty", "task.answer.empty-id-kept")],
  "envelope/an-empty-version-is-refused": [same("task.answer.version-empty")],
  "envelope/a-timestamp-is-required": [same("envelope.optional-members-absent")],
  "envelope/a-null-timestamp-is-refused": [same("envelope.optional-members-null")],
  "envelope/a-fraction-is-required": [
    also("they send times without a fraction", "jsonrpc.order-of-stages", "metrics.errors-counted"),
  ],
  "envelope/other-offsets-are-refused": [same("replay.offset", "replay.offset-stale")],
  "envelope/an-offset-is-required": [same("replay.no-offset", "replay.no-offset-stale")],
  "envelope/correlation-id-is-required": [same("envelope.optional-members-absent")],
  "envelope/trace-id-is-required": [same("envelope.optional-members-absent")],
  "envelope/requires-ack-is-required": [same("envelope.optional-members-absent")],
  "envelope/extensions-are-required": [same("envelope.optional-members-absent")],
  "envelope/acknowledgements-are-refused": [
    also("they ask for an acknowledgement over HTTP", "acks.repeat.over-http", "task.answer.no-ack-wanted"),
  ],
  "envelope/task-response-needs-correlation-id": [also("the type is refused", "payloads.taskResponse.*")],
  "errors/minus-32600-as-500": [
    also("status and deep nesting are seen by the same answer", "errors.status", "jsonrpc.deep-nesting"),
  ],
  "errors/nan-in-an-error": [
    also(
      "an answer that is no JSON says nothing",
      "jsonrpc.method.asap.nothing",
      "jsonrpc.id.on-error.*",
      "jsonrpc.order-of-stages",
    ),
  ],
  "errors/415-without-detail": [also("the body is no JSON", "errors.json")],
  "errors/406-in-place-of-415": [same("http.encoding.*.unsupported")],
  "health/an-uptime-below-zero": [same("health.served")],
  "registry/manifest-without-a-name": [same("discovery.served", "discovery.every-member")],
};

/** The same of mutants about WebSockets. */
const sockets: Readonly<Record<string, readonly Also[]>> = {
  "websocket/1002-in-place-of-1009": [same("websocket.size.over-in-fragments")],
  "websocket/1000-in-place-of-1009": [same("websocket.size.declared")],
  "websocket/no-websocket": [everySocket, same("limits.websocket")],
  "websocket/wrong-accept-value": [],
  "websocket/compression-agreed-on-and-not-understood": [same("websocket.upgrade.no-deflate")],
  "websocket/any-key-served": [also("the accept value belongs to another key", "websocket.upgrade")],
  "websocket/any-path-served": [same("websocket.path.*")],
  "websocket/paths-below-served": [same("websocket.path.trailing-slash")],
  "websocket/errors-under-the-id-before": [
    refusalSays,
    bodyAcked,
    same("acks.failed.*", "websocket.same.jsonrpc.id.on-*", "websocket.size.over"),
  ],
  "websocket/one-request-at-a-time": [also("it sends requests one after another", "acks.each")],
  "websocket/answers-in-binary": [everySocket, same("limits.websocket")],
  "websocket/answers-sent-twice": [
    refusalSays,
    also("an answer more is one that nobody asked for", "acks.sent", "limits.websocket", "websocket.*"),
  ],
  "websocket/ids-as-strings-over-websocket": [
    also("their ids are numbers", "websocket.pipelined.error-between", "websocket.same.*", "websocket.ten-at-once"),
  ],
  "websocket/minus-32603-for-every-fault-over-websocket": [
    refusalSays,
    same("websocket.same.*", "websocket.pipelined.error-between", "acks.failed.*", "acks.unknown-type"),
  ],
  "websocket/tasks-answered-without-their-envelope-over-websocket": [everySocket],
  "websocket/stale-requests-served-over-websocket": [
    also("their requests are stale", "acks.failed.ahead", "acks.failed.stale"),
    same("websocket.same.replay.ahead-31", "websocket.same.jsonrpc.order-of-stages"),
  ],
  "websocket/bad-json-ignored": [same("websocket.not-json.*", "websocket.same.jsonrpc.text.bom")],
  "websocket/bad-json-with-the-id-empty": [same("websocket.not-json.*", "websocket.same.jsonrpc.text.bom")],
  "websocket/closed-on-an-array": [same("websocket.no-object.batch")],
  "websocket/the-received-type-untold": [same("websocket.no-object.*")],
  "websocket/pings-of-a-client-answered-with-a-pong": [also("a pong is no answer", "websocket.frames-form")],
  "websocket/pongs-answered": [same("websocket.pong.*")],
  "websocket/a-rate-of-nine": [same("limits.websocket", "websocket.pong.free")],
  "websocket/pongs-counted": [same("limits.websocket")],
  "websocket/binary-ignored": [same("websocket.binary.request")],
  "websocket/no-fragments": [
    same("websocket.fragments.*", "websocket.size.over-in-fragments", "websocket.utf8.invalid-in-fragments"),
  ],
  "websocket/fragments-read-one-by-one": [
    same("websocket.utf8.*"),
    also("what is compressed is no text", "websocket.upgrade.deflate"),
  ],
  "websocket/bad-utf-8-patched": [
    same("websocket.utf8.*", "websocket.fragments.within-character"),
    also("what is compressed is no text", "websocket.upgrade.deflate"),
  ],
  "websocket/pings-unanswered": [same("websocket.ping.empty", "websocket.fragments.ping-between")],
  "websocket/pongs-without-the-data": [same("websocket.ping")],
  "websocket/1002-in-place-of-1007": [same("websocket.utf8.invalid-in-fragments")],
  "websocket/reserved-bits-passed-over": [also("what is compressed has such a bit", "websocket.upgrade.deflate")],
  "websocket/closed-with-1001-whatever-is-wrong": [same("websocket.violation.*")],
  "websocket/large-messages-told-as-over-http": [also("what it sends is no JSON-RPC", "websocket.frames-form")],
};

/** The same of mutants about acknowledgements. */
const acks: Readonly<Record<string, readonly Also[]>> = {
  "acks/no-ack": [also("there is none", "acks.*")],
  "acks/ack-that-names-nothing-known": [also("none is known for its own", "acks.*")],
  "acks/ack-after-the-response": [bodyAcked, same("acks.another-envelope", "acks.each", "acks.repeat*")],
  "acks/ack-sent-twice": [bodyAcked, same("acks.another-envelope", "acks.sent", "acks.repeat*")],
  "acks/ack-with-an-id": [same("acks.fits-schema")],
  "acks/ack-with-id-null": [same("acks.fits-schema")],
  "acks/ack-of-everything": [bodyAcked, same("acks.not-asked.absent", "acks.failed.*", "acks.each")],
  "acks/no-ack-where-an-error-follows": [same("acks.bad-payload", "acks.unknown-skill")],
  ...Object.fromEntries(
    [
      "ack-before-anything-is-looked-at",
      "ack-of-a-bad-envelope",
      "ack-of-another-method",
      "ack-before-the-credentials",
    ].map((name) => [
      `acks/${name}`,
      [
        same("acks.failed.*"),
        also("its acknowledgements are made in haste", "acks.asks-for-none", "acks.fits-schema", "acks.version"),
      ],
    ]),
  ),
  "acks/a-repeat-runs-again": [same("acks.repeat.at-once", "acks.repeat.nonce")],
  "acks/a-repeat-is-not-acknowledged": [same("acks.repeat.at-once", "acks.repeat.nonce")],
  "acks/a-repeat-is-not-answered": [same("acks.repeat", "acks.repeat.nonce")],
  "acks/repeats-are-known-within-a-connection-only": [everyRepeat, same("websocket.same.idempotency.*")],
  "acks/repeats-are-known-per-transport": [same("lifecycle.repeat.completed")],
  "acks/one-task-for-all": [everyRepeat, same("websocket.same.idempotency.*")],
};

/** The same of mutants about rate limits, credentials and state. */
const others: Readonly<Record<string, readonly Also[]>> = {
  "limits/429-without-json-rpc": [same("limits.burst")],
  ...Object.fromEntries(
    ["well-known-asap-manifest-json", "well-known-asap-health", "asap-metrics"].map((route) => [
      `auth/asks-for-a-token-at-${route}`,
      [also("its 401 has no challenge", "auth.challenge")],
    ]),
  ),
  "state/keeps-state-and-has-no-statequery": [also("the manifest says that there is", "state.query.*")],
  "state/fails-where-there-is-no-such-task": [same("errors.json", "errors.no-server-error")],
  "auth/needs-no-token": [same("acks.failed.credentials")],
  ...Object.fromEntries(
    ["json", "structure", "method", "envelope"].map((part) => [
      `auth/looks-at-the-${part}-first`,
      [also("it has words of its own for the fault", "errors.message")],
    ]),
  ),
  "lifecycle/runs-again-over-http-what-it-ran-over-a-websocket": [same("acks.repeat.over-http")],
  "auth/answers-a-long-header-with-500": [
    also("whatever is no HTTP is answered so", "errors.no-server-error", "http.length-too-short", "http.not-http"),
  ],
};

/** Cases that rightly fail with a mutant beside those that must, by the mutant's id. */
export const alsoBroken: Readonly<Record<string, readonly Also[]>> = {
  ...messages,
  ...routesAlso,
  ...sockets,
  ...acks,
  ...others,
};
