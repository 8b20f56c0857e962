import { asObject } from "../documents.js";
import { at, dropMember, json, text, without, withStatus } from "./edit.js";
import type { Mutant } from "./wrap.js";

const manifest = "/.well-known/asap/manifest.json";
const health = "/.well-known/asap/health";
const metrics = "/asap/metrics";

/** Agents whose documents, headers or statuses are wrong. */
export const serving: readonly Mutant[] = [
  {
    name: "ETag ignored",
    killedBy: "discovery.not-modified",
    ask: (asked) => ({ ...asked, headers: { ...asked.headers, "if-none-match": undefined } }),
  },
  {
    name: "weak ETag",
    killedBy: "discovery.etag-strong",
    answer: at(manifest, (answered) => ({
      ...answered,
      headers: { ...answered.headers, etag: `W/${answered.headers.etag}` },
    })),
  },
  { name: "no ETag", killedBy: "discovery.etag", answer: at(manifest, without("etag")) },
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
    name: "a body after HEAD on the manifest",
    killedBy: "discovery.head",
    stray: ({ method, path }) => (method === "HEAD" && path === manifest ? "{}" : ""),
  },
  {
    name: "a body after HEAD on health",
    killedBy: "health.head",
    stray: ({ method, path }) => (method === "HEAD" && path === health ? "{}" : ""),
  },
  {
    name: "a body after 304",
    killedBy: "discovery.not-modified",
    stray: ({ method }) => (method === "GET" ? "{}" : ""),
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
    killedBy: "discovery.endpoints",
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
  {
    name: "manifest id that is no URN",
    killedBy: "discovery.urn",
    answer: at(
      manifest,
      json((body) => ({ ...body, id: "echo" })),
    ),
  },
  {
    name: "protocol version 0.0",
    killedBy: "discovery.version",
    answer: at(
      manifest,
      json((body) => ({ ...body, capabilities: { ...asObject(body.capabilities), asap_version: "0.0.9" } })),
    ),
  },
  {
    name: "a skill without description",
    killedBy: "discovery.skills",
    answer: at(
      manifest,
      json((body) => ({ ...body, capabilities: { ...asObject(body.capabilities), skills: [{ id: "echo" }] } })),
    ),
  },
  {
    name: "auth scheme of another kind",
    killedBy: "discovery.auth-schemes",
    answer: at(
      manifest,
      json((body) => ({ ...body, auth: { schemes: ["oauth2"], oauth2: null } })),
    ),
  },
  {
    name: "ttl_seconds of 0",
    killedBy: "discovery.ttl",
    answer: at(
      manifest,
      json((body) => ({ ...body, ttl_seconds: 0 })),
    ),
  },
  {
    name: "304 for every tag",
    killedBy: "discovery.modified",
    answer: at(manifest, (answered, asked) =>
      asked.headers["if-none-match"] === undefined ? answered : { ...answered, status: 304, body: Buffer.alloc(0) },
    ),
  },
  {
    name: "manifest without a name",
    killedBy: "registry.entry",
    answer: at(manifest, dropMember("name")),
  },
  {
    name: "manifest without a version",
    killedBy: "discovery.served",
    answer: at(manifest, dropMember("version")),
  },
  {
    name: "200 for a length over the limit",
    killedBy: "http.size.declared",
    answer: withStatus(413, 200),
  },
  {
    name: "other bucket bounds",
    killedBy: "metrics.bucket-bounds",
    answer: at(metrics, text(/le="0\.005"/g, 'le="0.004"')),
  },
  {
    name: "an error with a result beside it",
    killedBy: "errors.form",
    answer: json((body) => ("error" in body ? { ...body, result: null } : null)),
  },
  {
    name: "a load of words",
    killedBy: "health.load",
    answer: at(
      health,
      json((body) => ({ ...body, load: { active_tasks: "few", queue_depth: 0 } })),
    ),
  },
  {
    name: "an uptime below zero",
    killedBy: "health.uptime",
    answer: at(
      health,
      json((body) => ({ ...body, uptime_seconds: -1 })),
    ),
  },
  {
    name: "a probe that answers up",
    killedBy: "health.liveness",
    answer: (answered, asked) =>
      asked.path === "/health" ? { ...answered, body: Buffer.from('{"status":"up"}') } : answered,
  },
  {
    name: "documentation that is served",
    killedBy: "http.docs",
    answer: (answered, asked) => (asked.path === "/docs" ? { ...answered, status: 200 } : answered),
  },
  {
    name: "health in an old version",
    killedBy: "health.asap-version",
    answer: at(
      health,
      json((body) => ({ ...body, asap_version: "0.1" })),
    ),
  },
  { name: "500 for what is no HTTP", killedBy: "http.not-http", toGarbage: "500 Oh No" },
  {
    name: "endpoints under another path",
    killedBy: "discovery.endpoints",
    answer: at(
      manifest,
      json((body) => ({ ...body, endpoints: { asap: "http://localhost/rpc", events: null } })),
    ),
  },
  {
    name: "HEAD on health refused",
    killedBy: "health.head",
    answer: (answered, asked) => (asked.method === "HEAD" ? { ...answered, status: 405 } : answered),
  },
  {
    name: "a readiness probe that answers up",
    killedBy: "health.readiness",
    answer: (answered, asked) =>
      asked.path === "/ready" ? { ...answered, body: Buffer.from('{"status":"up"}') } : answered,
  },
  {
    name: "415 without detail",
    killedBy: "errors.detail",
    answer: (answered) => (answered.status === 415 ? { ...answered, body: Buffer.from("no") } : answered),
  },
  { name: "406 in place of 415", killedBy: "errors.before-jsonrpc", answer: withStatus(415, 406) },
];

/** The same about the rate limit, for an agent that has one. */
export const limiting: readonly Mutant[] = [
  {
    name: "429 without JSON-RPC",
    killedBy: "limits.form",
    answer: (answered) =>
      answered.status === 429 ? { ...answered, body: Buffer.from('{"detail":"slow down"}') } : answered,
  },
  {
    name: "429 without Retry-After",
    killedBy: "limits.retry-after",
    answer: (answered) => (answered.status === 429 ? without("retry-after")(answered) : answered),
  },
  { name: "a limit on health", killedBy: "limits.other-routes", make: () => ({ answer: firstHealthLimited() }) },
  {
    name: "refused requests counted",
    killedBy: "limits.burst",
    answer: at(metrics, (answered) => ({
      ...answered,
      body: Buffer.from(
        answered.body
          .toString("utf8")
          .replace(/^(asap_requests_total\{.*\}) (\d+)$/gm, (_, name, count) => `${name} ${2 * Number(count)}`),
      ),
    })),
  },
];

function firstHealthLimited(): NonNullable<Mutant["answer"]> {
  let asked = 0;
  return (answered, { path }) => {
    if (path !== health) return answered;
    asked += 1;
    return asked === 2 ? { ...answered, status: 429, headers: { "retry-after": "1" } } : answered;
  };
}
