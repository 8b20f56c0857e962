/** What section 18 of the wire document says of the reference implementation, row by row, each defect of a row by itself. */
export const section18: readonly (readonly string[])[] = [
  ["a bad URN is answered -32603", "a missing correlation_id is answered -32603"],
  ["a payload that does not fit its type is answered -32603"],
  ["jsonrpc may be absent", "the id true is taken for 1", "the id 3.0 is taken for 3"],
  ['some internal errors have the id ""'],
  ["lax booleans are taken", "lax integers are taken", "lax times are taken", "a line break after a URN is taken"],
  [
    "an ack comes before authentication",
    "an ack comes before the freshness check",
    "an ack comes for methods that there are not",
  ],
  ["no ack comes unless the flag is set"],
  ["a frame that is JSON and no object closes the connection", "a frame that is no JSON is ignored"],
  ["413 is a frame without JSON-RPC shape", "503 is a frame without JSON-RPC shape"],
  ["OAuth 2.0 is not enforced on a WebSocket"],
  [
    "identity binding fails open where the token names another agent by the claim of the protocol",
    "identity binding fails open where the token names no agent",
    "identity binding fails open where the sender is not the one that the token names",
  ],
  ["the idempotency key is ignored", "the envelope id is ignored"],
  ["HEAD on the manifest is answered 405"],
  ["a stale connection stays open", "SIGTERM closes connections with 1012"],
  ["readers refuse unknown members of a manifest", "readers refuse unknown members of a registry"],
  ["the rate limit is told with id null"],
  ["metrics have the content type of OpenMetrics", "buckets are accumulated twice"],
  ["a webhook answered 429 or 408 is not sent again", "a webhook answered 3xx is sent again"],
];

/** What comes of a defect of section 18 that no finding shows. */
export interface Unseen {
  /** Row of section 18. */
  readonly row: number;
  readonly clause: string;
  /** `no fault`: the requirement asks for just that. `no record`: nothing that was recorded shows it. */
  readonly kind: "no fault" | "no record";
  readonly why: string;
  /** Recordings that come near to it. */
  readonly records?: readonly string[];
  /** Cases that pass, with what they would judge. */
  readonly passes?: readonly string[];
}

/** Every defect of section 18 that no finding shows. */
export const unseen: readonly Unseen[] = [
  {
    row: 1,
    clause: "a missing correlation_id is answered -32603",
    kind: "no record",
    why: "every recorded TaskResponse, McpToolResult and McpResourceData has a correlation_id",
    records: ["payload_TaskResponse_bad_status", "payload_McpToolResult", "payload_McpResourceData"],
  },
  {
    row: 3,
    clause: "jsonrpc may be absent",
    kind: "no record",
    why: "what was recorded without jsonrpc lacks everything else too",
    records: ["bad_body_empty_object", "ws_bad_empty_object"],
  },
  {
    row: 3,
    clause: "the id true is taken for 1",
    kind: "no record",
    why: "no recorded request has the id true",
  },
  {
    row: 5,
    clause: "lax integers are taken",
    kind: "no record",
    why: "one was recorded, of a variant that answers with what it read; the suite sends others, to agents that keep state",
    records: ["payload_StateQuery_version_string"],
  },
  {
    row: 6,
    clause: "an ack comes before authentication",
    kind: "no record",
    why: "what was recorded of the variant with a bearer token asks for no ack",
    records: ["ws_bearer_no_header", "ws_bearer_bad_token"],
  },
  {
    row: 6,
    clause: "an ack comes for methods that there are not",
    kind: "no record",
    why: "the one message with another method that was recorded over a WebSocket asks for no ack",
    records: ["ws_bad_method"],
  },
  {
    row: 7,
    clause: "no ack comes unless the flag is set",
    kind: "no fault",
    why: "WSB-016 asks for just that",
    passes: ["acks.not-asked.false", "acks.not-asked.absent"],
  },
  {
    row: 14,
    clause: "a stale connection stays open",
    kind: "no record",
    why: "WSB-009 is about a connection without any frame: the one that was recorded beyond 90 seconds sends protocol pongs, and the one that sends none is closed after 40, for that",
    records: ["ws_heartbeat_app_pong_never_answered", "ws_protocol_pong_never_answered"],
  },
  {
    row: 16,
    clause: "the rate limit is told with id null",
    kind: "no fault",
    why: "the requirements ask for just that",
    passes: ["limits.form", "limits.retry-after"],
  },
  {
    row: 17,
    clause: "buckets are accumulated twice",
    kind: "no record",
    why: "the recorded pages are cut short, before or within the first histogram",
    records: ["metrics", "bearer_metrics_open"],
  },
];
