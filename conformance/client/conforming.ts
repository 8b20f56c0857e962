import { createHash } from "node:crypto";
import { routes } from "../../generated/routes.js";
import { asObject } from "../documents.js";
import { newUlid } from "../ids.js";
import { pathIn } from "./checks.js";
import { idOf } from "./json.js";
import type { Answer, Received } from "./session.js";

/** Id of the agent that the suite plays. */
export const peerId = "urn:asap:agent:conformance-peer";

/** The manifest of the agent that the suite plays, with changes. */
export function manifestOf(url: string, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    id: peerId,
    name: "Conformance peer",
    version: "1.0.0",
    description: "Echoes what it is given, and looks at how it is asked.",
    capabilities: {
      asap_version: "1.1.0",
      skills: [{ id: "echo", description: "Answers with its input.", input_schema: null, output_schema: null }],
      state_persistence: false,
      streaming: false,
      mcp_tools: [],
    },
    endpoints: { asap: `${url}${routes.rpc.path}`, events: `${url.replace(/^http/, "ws")}${routes.websocket.path}` },
    auth: null,
    signature: null,
    ttl_seconds: 300,
    ...changes,
  };
}

/** A manifest as an answer, with ETag and Cache-Control; 304 where the request has the tag. */
export function manifestAnswer(
  request: Received,
  manifest: Readonly<Record<string, unknown>>,
  cacheControl = "public, max-age=300",
): Answer {
  const body = JSON.stringify(manifest);
  const etag = `"${createHash("sha256").update(body).digest("hex")}"`;
  const headers = { ETag: etag, "Cache-Control": cacheControl };
  const known = request.headers.some(([name, value]) => name.toLowerCase() === "if-none-match" && value.includes(etag));
  return known ? { status: 304, headers } : { status: 200, headers, body: JSON.parse(body) };
}

/** Whether a document asks for `asap.send` with an envelope. */
export function isSend(document: unknown): document is { id: unknown; params: { envelope: Record<string, unknown> } } {
  const request = asObject(document);
  return request?.method === "asap.send" && asObject(asObject(request.params)?.envelope) !== undefined;
}

/** The JSON-RPC result that answers a request, from a skill that echoes, with changes to its envelope and its payload. */
export function answerTo(
  document: { readonly id: unknown; readonly params: { readonly envelope: Readonly<Record<string, unknown>> } },
  changes: { envelope?: Readonly<Record<string, unknown>>; payload?: Readonly<Record<string, unknown>> } = {},
): Record<string, unknown> {
  const { envelope } = document.params;
  const payload = {
    task_id: `task_${newUlid(Date.now())}`,
    status: "completed",
    result: { echoed: asObject(envelope.payload)?.input ?? {} },
    final_state: null,
    metrics: null,
    ...changes.payload,
  };
  const answer = {
    id: newUlid(Date.now()),
    asap_version: envelope.asap_version ?? "0.1",
    timestamp: new Date().toISOString(),
    sender: peerId,
    recipient: envelope.sender,
    payload_type: "task.response",
    payload,
    correlation_id: envelope.id ?? null,
    trace_id: envelope.trace_id ?? null,
    requires_ack: false,
    extensions: null,
    ...changes.envelope,
  };
  return { jsonrpc: "2.0", result: { envelope: answer }, id: idOf(document) };
}

/** A JSON-RPC error for a request. */
export function errorTo(
  document: unknown,
  code: number,
  message: string,
  data: unknown = null,
): Record<string, unknown> {
  return { jsonrpc: "2.0", error: { code, message, data }, id: idOf(document) ?? null };
}

/** The `asap.ack` notification for a request, null where none is asked for. */
export function ackOf(document: {
  readonly params: { readonly envelope: Readonly<Record<string, unknown>> };
}): Record<string, unknown> | null {
  const { envelope } = document.params;
  if (envelope.requires_ack !== true || typeof envelope.id !== "string" || envelope.id === "") return null;
  const ack = {
    id: newUlid(Date.now()),
    asap_version: envelope.asap_version ?? "0.1",
    timestamp: new Date().toISOString(),
    sender: envelope.recipient,
    recipient: envelope.sender,
    payload_type: "MessageAck",
    payload: { original_envelope_id: envelope.id, status: "received", error: null },
    correlation_id: null,
    trace_id: null,
    requires_ack: false,
    extensions: null,
  };
  return { jsonrpc: "2.0", method: "asap.ack", params: { envelope: ack } };
}

/** What an agent that conforms answers to a request. */
export function conformingAnswer(request: Received, url: string): Answer {
  const path = pathIn(request);
  const reads = request.method === "GET" || request.method === "HEAD";
  if (path === routes.manifest.path && reads) return manifestAnswer(request, manifestOf(url));
  if (path === routes.agent_health.path && reads) return { status: 200, body: healthOf() };
  if (path !== routes.rpc.path) return { status: 404, body: { detail: "Not Found" } };
  if (request.method !== "POST")
    return { status: 405, headers: { Allow: "POST" }, body: { detail: "Method Not Allowed" } };
  if (request.document === undefined) return { status: 200, body: errorTo(null, -32700, "Parse error") };
  if (!isSend(request.document)) return { status: 200, body: errorTo(request.document, -32600, "Invalid request") };
  return { status: 200, body: answerTo(request.document) };
}

/** The health of the agent that the suite plays. */
export const healthOf = (): Record<string, unknown> => ({
  status: "healthy",
  agent_id: peerId,
  version: "1.0.0",
  asap_version: "1.1.0",
  uptime_seconds: 1,
  capabilities: ["task.execute"],
  load: { active_tasks: 0, queue_depth: 0 },
});
