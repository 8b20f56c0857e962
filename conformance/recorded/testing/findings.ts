import { beyond } from "./beyond.js";
import { each } from "./each.js";

/** A difference that findings show at what was recorded. */
export interface Difference {
  /** `18` for a defect of section 18, `19` for a row of section 19 alone, `other` for the rest. */
  readonly section: "18" | "19" | "other";
  /** Where it is told of: section and row of the wire document, or an RFC, as requirements name them. */
  readonly source: string;
  /** The defect: of section 18 as {@link section18} has it. */
  readonly clause: string;
  /** What the reference implementation does. */
  readonly does: string;
  /** Ids of the requirements that it breaks; each case names one of them. */
  readonly by: readonly string[];
  /** Names of the recordings that the requests in question are answered from. */
  readonly records: readonly string[];
  /** Sections of the wire document that state it of more than what was recorded. */
  readonly stated?: readonly string[];
  /** Why it is no row of section 18, where it is none. */
  readonly because?: string;
  /** Variant that alone shows it, whose other findings are not looked at. */
  readonly setting?: string;
  /** What was recorded that shows it, where it is not the agent as it serves requests. */
  readonly shownBy?: "client" | "webhooks" | "shutdown";
  /** Cases whose MUST is broken. */
  readonly fail: readonly string[];
  /** Cases whose SHOULD is broken. */
  readonly warn: readonly string[];
}

const badUrns = ["empty", "upper-case", "underscore", "three-segments", "empty-segment", "other-scheme"];
const required = ["missing", "null", "number", "array"];
const chosenTokens = [
  "form.word",
  "form.empty-signature",
  "signature.claims-changed",
  "signature.stranger",
  "algorithm.none",
  "algorithm.hmac",
  "header.crit",
  "claims.iss.another",
  "claims.aud.another",
  "claims.exp.past",
  "claims.exp.missing",
  "claims.nbf.ahead",
  "claims.sub.empty",
  "scope.missing",
  "agent.another",
  "agent.missing",
];

const ofSection18: readonly Omit<Difference, "section">[] = [
  {
    source: "18 row 1",
    clause: "a bad URN is answered -32603",
    does: "answers a bad URN with -32603",
    by: ["RPC-011"],
    records: ["bad_urn_upper", "bad_urn_underscore", "bad_urn_three_segments"],
    stated: ["6.2", "9.2"],
    fail: [...each("envelope", ["sender", "recipient"], badUrns), "websocket.same.envelope.sender.upper-case"],
    warn: [],
  },
  {
    source: "18 row 2",
    clause: "a payload that does not fit its type is answered -32603",
    does: "answers a payload that does not fit its type with -32603, without the faults",
    by: ["PAY-019", "RPC-017"],
    records: ["bad_payload_missing_field", "bad_payload_extra_field", "bad_payload_empty"],
    stated: ["6.2", "9.2"],
    fail: [
      ...each("task.payload", ["conversation_id", "skill_id", "input"], required),
      ...each("task.payload", ["parent_task_id", "config"], ["number", "array"]),
      "task.payload.surprise.extra",
      "task.payload.faults-told",
      "websocket.same.task.payload.surprise.extra",
    ],
    warn: each("errors.located", ["payload-missing", "payload-extra"]),
  },
  {
    source: "18 row 3",
    clause: "the id 3.0 is taken for 3",
    does: "takes the id 3.0 for 3",
    by: ["JSON-011"],
    records: ["ok_id_float_integral"],
    fail: [],
    warn: ["jsonrpc.id.integral-fraction"],
  },
  {
    source: "18 row 4",
    clause: 'some internal errors have the id ""',
    does: 'answers an id that is an object or a fraction with -32603 and the id ""',
    by: ["RPC-016"],
    records: ["bad_id_fractional", "bad_id_object"],
    fail: each("jsonrpc.id", ["fraction", "object-with-member"]),
    warn: [],
  },
  {
    source: "18 row 5",
    clause: "lax booleans are taken",
    does: "takes 1 and yes for true",
    by: ["JSON-011"],
    records: ["ok_requires_ack_string_yes"],
    stated: ["1.2"],
    fail: [],
    warn: each("envelope.requires_ack", ["number-one", "word-yes"]),
  },
  {
    source: "18 row 5",
    clause: "lax times are taken",
    does: "reads a number as a time, and refuses an old one for its age",
    by: ["JSON-011"],
    records: ["bad_stale_timestamp"],
    stated: ["1.4"],
    fail: [],
    warn: ["envelope.timestamp.number"],
  },
  {
    source: "18 row 5",
    clause: "a line break after a URN is taken",
    does: "takes a line break after a URN",
    by: ["URN-003"],
    records: ["ok_urn_trailing_newline"],
    stated: ["1.3"],
    fail: [],
    warn: each("envelope", ["sender", "recipient"], "line-break"),
  },
  {
    source: "18 row 6",
    clause: "an ack comes before the freshness check",
    does: "acknowledges stale envelopes",
    by: ["WSB-015"],
    records: ["ws_ack_stale_timestamp"],
    fail: ["acks.failed.stale"],
    warn: [],
  },
  {
    source: "18 row 8",
    clause: "a frame that is JSON and no object closes the connection",
    does: "closes at JSON that is no object",
    by: ["WSB-003"],
    records: ["ws_bad_array_frame_closes", "ws_bad_number_frame_closes", "ws_bad_null_frame_closes"],
    stated: ["9.2"],
    fail: each("websocket.no-object", ["array", "batch", "string", "integer", "fraction", "true", "null"]),
    warn: [],
  },
  {
    source: "18 row 8",
    clause: "a frame that is no JSON is ignored",
    does: "says nothing to text that is no JSON",
    by: ["WSB-002", "PARSE-002"],
    records: ["ws_bad_malformed_json_ignored"],
    stated: ["9.2"],
    fail: [
      ...each("websocket.not-json", ["malformed", "empty", "two-documents", "cut-off"]),
      "websocket.same.jsonrpc.text.bom",
    ],
    warn: [],
  },
  {
    source: "18 row 9",
    clause: "413 is a frame without JSON-RPC shape",
    does: "answers a message over the limit with a frame that is no JSON-RPC",
    by: ["WSB-012", "WSB-019"],
    records: ["ws_bad_message_11MiB"],
    fail: ["websocket.size.over", "websocket.frames-form"],
    warn: [],
  },
  {
    source: "18 row 9",
    clause: "503 is a frame without JSON-RPC shape",
    does: "answers with a frame that is no JSON-RPC while it has no thread left",
    by: ["WSB-019"],
    records: ["ws_thread_pool_exhausted_frame"],
    setting: "threads(max_threads=1)",
    fail: ["websocket.frames-form"],
    warn: [],
  },
  {
    source: "18 row 10",
    clause: "OAuth 2.0 is not enforced on a WebSocket",
    does: "opens a WebSocket to anybody, and runs what comes over it",
    by: ["WSB-006", "OAU-013"],
    records: ["ws_oauth_no_token_is_open"],
    stated: ["9.1"],
    fail: ["auth.websocket.none", ...each("auth.websocket", chosenTokens), "auth.websocket.sender"],
    warn: each("auth.websocket", ["status", "detail"]),
  },
  {
    source: "18 row 11",
    clause: "identity binding fails open where the token names another agent by the claim of the protocol",
    does: "does not read the claim https://asap.ai/agent_id, and takes a token that names another agent by it",
    by: ["BIND-002"],
    records: ["oauth_claim_seed_uri"],
    stated: ["11.2", "19 row 1"],
    fail: each("auth.agent", ["another", "longer", "shorter", "upper-case", "empty", "list", "number"]),
    warn: ["auth.agent.detail"],
  },
  {
    source: "18 row 11",
    clause: "identity binding fails open where the token names no agent",
    does: "takes a token that names no agent, without a map that lists its subject",
    by: ["BIND-002", "OAU-008"],
    records: ["oauth_no_claim_noallow"],
    stated: ["11.2", "19 row 2"],
    fail: ["auth.agent.missing"],
    warn: [],
  },
  {
    source: "18 row 11",
    clause: "identity binding fails open where the sender is not the one that the token names",
    does: "does not hold the sender of an envelope against the token; no recorded token names an agent as its subject",
    by: ["OAU-013"],
    records: ["oauth_no_claim_noallow"],
    stated: ["11.2", "19 row 2"],
    fail: ["auth.sender.sub"],
    warn: each("auth.sender", ["client_id", "told"]),
  },
  {
    source: "18 row 12",
    clause: "the idempotency key is ignored",
    does: "runs a repeated idempotency key again",
    by: ["IDEM-002"],
    records: ["ok_with_idempotency_key_param"],
    stated: ["7"],
    fail: ["idempotency.key"],
    warn: [],
  },
  {
    source: "18 row 12",
    clause: "the envelope id is ignored",
    does: "runs a repeated envelope again; nearly all recorded envelopes have the same id, and it kept none from being run",
    by: ["IDEM-001", "IDEM-003"],
    records: [
      "ok_task_request_full",
      "ok_repeated_nonce_nonce_store_off_2",
      "ws_ok_numeric_id",
      "ws_ack_duplicate_envelope_id",
    ],
    stated: ["7"],
    fail: [
      ...each("idempotency", ["envelope-id", "same-bytes", "before-nonce"]),
      ...each("websocket.same.idempotency", ["envelope-id", "same-bytes"]),
      "lifecycle.repeat.completed",
      "acks.repeat",
      ...each("acks.repeat", ["at-once", "reconnected", "over-http"]),
    ],
    warn: [],
  },
  {
    source: "18 row 13",
    clause: "HEAD on the manifest is answered 405",
    does: "answers HEAD on the manifest with 405, as recorded of the health route",
    by: ["MAN-010"],
    records: ["wellknown_health_head"],
    stated: ["7", "13.1"],
    fail: ["discovery.head"],
    warn: [],
  },
  {
    source: "18 row 14",
    clause: "SIGTERM closes connections with 1012",
    does: "closes its connections with 1012 when it is ended",
    by: ["WS-007"],
    records: ["ws_server_sigterm_inflight"],
    shownBy: "shutdown",
    fail: ["websocket.shutdown"],
    warn: [],
  },
  {
    source: "18 row 15",
    clause: "readers refuse unknown members of a manifest",
    does: "refuses a manifest that says more than it knows",
    by: ["MAN-005"],
    records: ["client_http_GET_extra_.well-known_asap_manifest.json", "outcome client_discover_extra_field"],
    shownBy: "client",
    fail: each("client.manifest-further-members", ["completed", "read"]),
    warn: [],
  },
  {
    source: "18 row 15",
    clause: "readers refuse unknown members of a registry",
    does: "refuses a registry that says more than it knows",
    by: ["REGW-005"],
    records: ["client_http_GET_registry_extra.json", "outcome registry_extra_field"],
    shownBy: "client",
    fail: each("client.registry-further-members", ["completed", "found"]),
    warn: [],
  },
  {
    source: "18 row 17",
    clause: "metrics have the content type of OpenMetrics",
    does: "serves metrics under the OpenMetrics content type",
    by: ["MET-001"],
    records: ["metrics"],
    fail: ["metrics.served"],
    warn: [],
  },
  {
    source: "18 row 18",
    clause: "a webhook answered 429 or 408 is not sent again",
    does: "sends no webhook again that was answered 429 or 408",
    by: ["HOOKW-004"],
    records: ["client_http_POST_hook_429", "client_http_POST_hook_408"],
    shownBy: "webhooks",
    fail: each("webhooks.retry", ["408", "429"]),
    warn: [],
  },
  {
    source: "18 row 18",
    clause: "a webhook answered 3xx is sent again",
    does: "sends a webhook again that was answered 302",
    by: ["HOOKW-011"],
    records: ["client_http_POST_hook_302#1", "client_http_POST_hook_302#2"],
    shownBy: "webhooks",
    fail: ["webhooks.final.302"],
    warn: [],
  },
];

/** What findings show, of section 18 first. */
export const differences: readonly Difference[] = [
  ...ofSection18.map((one) => ({ ...one, section: "18" as const })),
  ...beyond,
];
