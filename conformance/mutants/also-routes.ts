import type { Also } from "./registry.js";

const also = (because: string, ...cases: readonly string[]): Also => ({ cases, because });
const same = (...cases: readonly string[]): Also => ({ cases });

const staleOnes = same(
  "jsonrpc.order-of-stages",
  "metrics.errors-counted",
  "replay.details",
  "replay.no-offset-stale",
  "replay.nonce.stale-does-not-use-it",
  "replay.offset-stale",
  "replay.old-*",
);

/** A time that is moved is read and written anew. */
const rewritten = also(
  "a day that its month does not have is written as one that it has",
  "envelope.timestamp.no-such-day",
);

/** Cases that rightly fail with mutants about routes, times and repeats, beside those that must, by the mutant's id. */
export const routesAlso: Readonly<Record<string, readonly Also[]>> = {
  "replay/stale-timestamp-accepted": [staleOnes, rewritten, same("idempotency.after-freshness")],
  "replay/timestamp-ahead-accepted": [same("replay.ahead-day", "replay.details")],
  "replay/maximum-age-of-a-minute": [
    rewritten,
    also("their times are minutes old", "replay.no-offset", "replay.offset"),
  ],
  "replay/nothing-may-be-ahead": [
    also("what is ahead is told as a bad sender", "replay.ahead-31", "replay.ahead-day", "replay.details"),
  ],
  "replay/a-repeated-nonce-is-a-bad-envelope": [same("idempotency.before-nonce", "replay.nonce.stale-does-not-use-it")],
  "idempotency/repeats-run-again": [
    same("idempotency.before-nonce", "idempotency.envelope-id", "lifecycle.repeat.completed", "acks.repeat.over-http"),
    also(
      "each envelope gets an id of its own, which the answer correlates with",
      "task.answer.correlation",
      "task.answer.correlation-not-copied",
      "task.answer.empty-id-kept",
    ),
  ],
  "idempotency/empty-ids-match": [same("task.answer.empty-id-kept")],
  "idempotency/stale-repeats-are-answered": [rewritten, also("what is stale is answered", ...staleOnes.cases)],
  "http/gzip-is-refused": [same("http.size.inflated")],
  "http/a-length-is-required": [same("http.size.streamed")],
  "http/large-bodies-are-refused": [same("http.size.streamed")],
  "http/a-content-type-is-required": [same("http.unknown-path.post", "http.wrong-method.*.post")],
  "http/405-without-allow": [same("http.wrong-method.*")],
  "http/404-without-detail": [
    also("they look for the same body", "http.docs", "http.openapi", "http.redoc", "http.unknown-path.post"),
    also("the body is no JSON", "errors.json"),
    same("http.websocket-path-plain"),
  ],
  "http/400-in-place-of-415": [same("errors.before-jsonrpc", "http.encoding.*.unsupported")],
  "http/200-for-a-bad-gzip-body": [same("http.encoding.br.not-compressed", "http.encoding.gzip.cut-off")],
  "http/200-for-a-length-over-the-limit": [same("http.size.*")],
  "http/br-refused": [same("http.encoding.br.not-compressed")],
  "http/500-for-what-is-no-http": [same("errors.no-server-error", "http.length-too-short")],
  "http/text-html-answers": [
    also(
      "the type is that of every answer",
      "discovery.served",
      "errors.content-type",
      "health.liveness",
      "health.readiness",
      "health.served",
      "metrics.served",
    ),
  ],
  "discovery/etag-ignored": [same("discovery.not-modified-list")],
  "discovery/weak-etag": [same("discovery.not-modified", "discovery.not-modified-list")],
  "discovery/etag-that-changes": [same("discovery.head", "discovery.not-modified", "discovery.not-modified-list")],
  "discovery/a-body-after-304": [same("discovery.not-modified-list")],
  "discovery/manifest-id-that-is-no-urn": [
    same("discovery.served", "health.agent", "registry.entry", "task.answer.sender"),
  ],
  "discovery/manifest-without-a-version": [same("discovery.every-member", "health.agent")],
  "discovery/auth-scheme-of-another-kind": [
    same("discovery.served"),
    also("the manifest says that the agent asks for a token", "acks.failed.credentials"),
  ],
  "discovery/ttl-seconds-of-0": [same("discovery.served")],
  "discovery/a-skill-without-description": [same("discovery.served")],
  "health/health-without-uptime": [same("health.uptime")],
  "health/a-load-of-words": [same("health.served")],
  "health/head-on-health-refused": [same("discovery.head")],
  "metrics/requests-not-counted": [same("metrics.errors-counted", "metrics.unknown-type-counted-as-other")],
};
