/** What the suite finds at the recorded agent, by where the wire document tells of it. */
export interface Difference {
  /** Section and row of the wire document, as requirements name it. */
  readonly row: string;
  /** What the reference implementation does. */
  readonly does: string;
  /** Cases whose MUST is broken. */
  readonly fail: readonly string[];
  /** Cases whose SHOULD is broken. */
  readonly warn: readonly string[];
}

/** Every id that the parts make, each part one of several words. */
const each = (...parts: readonly (string | readonly string[])[]): string[] =>
  parts.reduce<string[]>(
    (ids, part) => ids.flatMap((id) => [part].flat().map((word) => (id === "" ? word : `${id}.${word}`))),
    [""],
  );

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

/** Findings of server mode, of section 18 first. */
export const differences: readonly Difference[] = [
  {
    row: "18 row 1",
    does: "answers a bad URN with -32603",
    fail: [...each("envelope", ["sender", "recipient"], badUrns), "websocket.same.envelope.sender.upper-case"],
    warn: [],
  },
  {
    row: "18 row 2",
    does: "answers a payload that does not fit its type with -32603, without the faults",
    fail: [
      ...each("task.payload", ["conversation_id", "skill_id", "input"], required),
      ...each("task.payload", ["parent_task_id", "config"], ["number", "array"]),
      "task.payload.surprise.extra",
      "task.payload.faults-told",
      "websocket.same.task.payload.surprise.extra",
    ],
    warn: each("errors.located", ["payload-missing", "payload-extra"]),
  },
  { row: "18 row 3", does: "takes the id 3.0 for 3", fail: [], warn: ["jsonrpc.id.integral-fraction"] },
  {
    row: "18 row 4",
    does: 'answers an id that is an object or a fraction with -32603 and the id ""',
    fail: each("jsonrpc.id", ["fraction", "object-with-member"]),
    warn: [],
  },
  {
    row: "18 row 5",
    does: "takes other forms for booleans and times, and a line break after a URN",
    fail: [],
    warn: [
      ...each("envelope.requires_ack", ["number-one", "word-yes"]),
      "envelope.timestamp.number",
      ...each("envelope", ["sender", "recipient"], "line-break"),
    ],
  },
  {
    row: "18 row 6",
    does: "acknowledges stale envelopes and requests without an id",
    fail: each("acks.failed", ["stale", "no-id"]),
    warn: [],
  },
  {
    row: "18 row 8",
    does: "closes at JSON that is no object and says nothing to text that is no JSON",
    fail: [
      ...each("websocket.no-object", ["array", "batch", "string", "integer", "fraction", "true", "null"]),
      ...each("websocket.not-json", ["malformed", "empty", "two-documents", "cut-off"]),
      "websocket.same.jsonrpc.text.bom",
    ],
    warn: [],
  },
  {
    row: "18 row 9",
    does: "answers a message over the limit with a frame that is no JSON-RPC",
    fail: ["websocket.size.over", "websocket.frames-form"],
    warn: [],
  },
  {
    row: "18 row 10",
    does: "opens a WebSocket to anybody",
    fail: ["auth.websocket.none", ...each("auth.websocket", chosenTokens), "auth.websocket.sender"],
    warn: [],
  },
  {
    row: "18 row 11",
    does: "takes a token that names no agent",
    fail: ["auth.agent.missing"],
    warn: [],
  },
  {
    row: "18 row 12",
    does: "runs repeated envelopes and repeated idempotency keys again",
    fail: [
      ...each("idempotency", ["envelope-id", "same-bytes", "key", "before-nonce"]),
      ...each("websocket.same.idempotency", ["envelope-id", "same-bytes"]),
      "lifecycle.repeat.completed",
      "acks.repeat",
      ...each("acks.repeat", ["at-once", "reconnected", "over-http"]),
    ],
    warn: [],
  },
  { row: "18 row 13", does: "answers HEAD on the manifest with 405", fail: ["discovery.head"], warn: [] },
  {
    row: "18 row 17",
    does: "serves metrics under the OpenMetrics content type",
    fail: ["metrics.served"],
    warn: [],
  },
  {
    row: "19 row 1",
    does: "does not read the claim https://asap.ai/agent_id",
    fail: each("auth.agent", ["another", "longer", "shorter", "upper-case", "empty", "list", "number", "conflict"]),
    warn: each("auth.agent", ["conflict-taken", "detail"]),
  },
  {
    row: "19 row 2",
    does: "does not hold the sender of an envelope against the token",
    fail: ["auth.sender.sub"],
    warn: each("auth.sender", ["client_id", "told"]),
  },
  {
    row: "19 row 15",
    does: "does not look at iss, aud and nbf, and needs no exp",
    fail: [
      ...each("auth.claims.iss", ["another", "slash", "longer"]),
      ...each("auth.claims.aud", ["another", "longer", "in-words"]),
      "auth.claims.exp.missing",
      "auth.claims.nbf.ahead",
    ],
    warn: [],
  },
  {
    row: "4",
    does: "serves one spelling of a payload type",
    fail: [],
    warn: each("task.spelling", ["TaskRequest", "task_request", "TASK.REQUEST", "Task-Request", "taskrequest"]),
  },
  {
    row: "11.1",
    does: "wants the scheme Bearer in just these letters, and sends a bare challenge",
    fail: [],
    warn: [...each("auth.scheme", ["lower-case", "upper-case"]), "auth.invalid.challenge"],
  },
  {
    row: "plan",
    does: "does not look at the name of a skill",
    fail: [],
    warn: ["task.unknown-skill", "websocket.same.task.unknown-skill"],
  },
];

/** Rows of section 18 that no finding of server mode can show, and why. */
export const unseen: readonly { readonly row: string; readonly why: string }[] = [
  {
    row: "18 row 7",
    why: "the reference acknowledges only what asks for it, as WSB-016 wants; `acks.not-asked.*` pass",
  },
  {
    row: "18 row 14",
    why: "a stale socket shows after 90 seconds, and the end of a server only to who can stop it",
  },
  { row: "18 row 15", why: "it is about what a client of the reference reads" },
  { row: "18 row 16", why: "both do the same; `limits.form` and `limits.retry-after` pass" },
  { row: "18 row 18", why: "the reference posts no webhook for a request: sending one is a call of its library" },
];

/** Cases whose requests were all recorded, and which still cannot be judged by a recording. */
export const standing: readonly { readonly ids: readonly string[]; readonly why: string }[] = [
  {
    ids: each("metrics", [
      "requests-counted",
      "errors-counted",
      "unknown-type-counted-as-other",
      "buckets-cumulative",
      "bucket-bounds",
    ]),
    why: "the page was recorded once and is cut short: its counters stand still",
  },
  { ids: ["limits.burst"], why: "it compares the counters of two pages of metrics" },
  { ids: ["auth.manifest"], why: "the manifest of the variant behind OAuth 2.0 was not recorded" },
];
