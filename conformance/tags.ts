import type { Case, Tag } from "./case.js";

/** The quick set: MUSTs over every part that any agent has, which any agent must pass. */
export const coreIds: readonly string[] = [
  "discovery.served",
  "discovery.every-member",
  "discovery.urn",
  "health.served",
  "health.status",
  "health.all-members",
  "registry.entry",
  "jsonrpc.jsonrpc.number",
  "jsonrpc.method.missing",
  "jsonrpc.params.missing",
  "jsonrpc.id.missing",
  "jsonrpc.surprise.extra",
  "jsonrpc.id.echoed.string",
  "jsonrpc.id.on-error.integer",
  "jsonrpc.method.asap.nothing",
  "jsonrpc.text.not-json",
  "envelope.absent",
  "envelope.optional-members-absent",
  "envelope.sender.upper-case",
  "envelope.surprise.extra",
  "task.answer.fits-envelope",
  "task.answer.correlation",
  "task.answer.fits-task-response",
  "task.answer.completed",
  "task.unknown-type.no.such",
  "task.payload.skill_id.missing",
  "http.wrong-method.rpc.get",
  "http.unknown-path.get",
  "http.post",
  "replay.offset",
  "replay.old-301",
  "idempotency.envelope-id",
  "metrics.served",
  "websocket.upgrade",
  "websocket.answer.one-object",
  "acks.sent",
  "acks.not-asked.false",
];

/** Beginnings of ids by what their cases send, or take. */
export const tagged: Readonly<Record<"hostile" | "slow", readonly string[]>> = {
  hostile: [
    "jsonrpc.deep-nesting",
    "jsonrpc.duplicate-members",
    "jsonrpc.text.",
    "envelope.proto-member",
    "envelope.extensions.proto-member",
    "http.encoding.gzip.",
    "http.encoding.br.",
    "http.size.",
    "http.length-too-short",
    "http.not-http",
    "websocket.size.",
    "websocket.utf8.",
    "websocket.violation.",
    "auth.form.",
    "auth.signature.",
    "auth.algorithm.",
    "auth.header.",
    "auth.keys.flood",
    "webhooks.address.",
    "webhooks.redirect.",
    "limits.burst",
    "limits.websocket.",
  ],
  slow: [
    "http.size.",
    "websocket.size.",
    "auth.keys.",
    "auth.websocket.expiry",
    "webhooks.retry.",
    "webhooks.final.",
    "webhooks.rate",
    "limits.burst",
    "limits.websocket.",
  ],
};

/** The case with the tags that its id gives it, beside those it has. */
export function withTags(one: Case): Case {
  const own = (["hostile", "slow"] as const).filter((tag) => tagged[tag].some((start) => one.id.startsWith(start)));
  const core: Tag[] = coreIds.includes(one.id) ? ["core"] : [];
  const tags = [...new Set([...core, ...(one.tags ?? []), ...own])];
  return tags.length === 0 ? one : { ...one, tags };
}

/** A case that was made from a schema. */
export const generated = (one: Case): Case => ({ ...one, tags: [...(one.tags ?? []), "generated"] });
