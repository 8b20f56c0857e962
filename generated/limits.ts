// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import type { CloseCodeDefinition, MethodDefinition } from "./contract.js";

/** Limits and times of the protocol, each with its unit in its name. */
export const limits = {
  max_request_bytes: 10485760,
  rate_limit: "10/second;100/minute",
  max_timestamp_age_seconds: 300,
  max_timestamp_ahead_seconds: 30,
  nonce_lifetime_seconds: 600,
  compress_min_bytes: 1024,
  client_timeout_seconds: 60,
  client_max_attempts: 3,
  client_backoff_base_seconds: 1,
  client_backoff_max_seconds: 60,
  breaker_failures: 5,
  breaker_reset_seconds: 60,
  manifest_max_age_seconds: 300,
  manifest_ttl_seconds: 300,
  manifest_timeout_seconds: 10,
  registry_max_age_seconds: 900,
  registry_timeout_seconds: 30,
  websocket_ping_seconds: 30,
  websocket_stale_seconds: 90,
  websocket_max_message_bytes: 10485760,
  websocket_messages_per_second: 10,
  websocket_pool_size: 10,
  websocket_idle_seconds: 60,
  reconnect_base_seconds: 1,
  reconnect_max_seconds: 30,
  ack_timeout_seconds: 30,
  ack_max_retries: 3,
  task_max_depth: 10,
  task_timeout_seconds: 600,
  webhook_timeout_seconds: 10,
  webhook_max_retries: 5,
  webhook_backoff_base_seconds: 1,
  webhook_backoff_max_seconds: 16,
} as const;

/** Name of a limit. */
export type LimitName = keyof typeof limits;

/** What a caller may be allowed to do. */
export type Scope = "asap:read" | "asap:execute" | "asap:admin";

/** The scopes and what each allows. */
export const scopes: { readonly [Name in Scope]: string } = {
  "asap:read": "Query information about the agent.",
  "asap:execute": "Send messages to the agent.",
  "asap:admin": "Manage the agent.",
};

/** Close code of a WebSocket connection. */
export type CloseCode = 1000 | 1001 | 1002 | 1006 | 1007 | 1008 | 1009 | 1011 | 1012 | 1013;

/** The close codes of WebSocket connections. */
export const closeCodes: { readonly [Code in CloseCode]: CloseCodeDefinition } = {
  "1000": {
    code: 1000,
    name: "normal",
    reconnect: false,
    description: "The client is done.",
  },
  "1001": {
    code: 1001,
    name: "going_away",
    reconnect: true,
    reason: "Server shutting down",
    description: "The server ends the connection.",
  },
  "1002": {
    code: 1002,
    name: "protocol_error",
    reconnect: false,
    description: "A frame broke the WebSocket protocol.",
  },
  "1006": {
    code: 1006,
    name: "abnormal",
    reconnect: true,
    description: "The connection was lost without a close frame.",
  },
  "1007": {
    code: 1007,
    name: "invalid_data",
    reconnect: false,
    description: "A text frame was not UTF-8.",
  },
  "1008": {
    code: 1008,
    name: "policy_violation",
    reconnect: true,
    description: "Too many messages, or a token that no longer holds; wait before trying again.",
  },
  "1009": {
    code: 1009,
    name: "too_big",
    reconnect: false,
    description: "A message was over the size limit.",
  },
  "1011": {
    code: 1011,
    name: "internal_error",
    reconnect: true,
    description: "A keepalive was not answered, or the server failed.",
  },
  "1012": {
    code: 1012,
    name: "service_restart",
    reconnect: true,
    description: "The server restarts.",
  },
  "1013": {
    code: 1013,
    name: "try_again_later",
    reconnect: true,
    description: "The reader was too slow.",
  },
};

/** Name of an event that webhooks report. */
export type EventKind = "task.started" | "task.progress" | "task.completed" | "task.failed" | "artifact.ready";

/** The events that webhooks report. */
export const events: { readonly [Name in EventKind]: string } = {
  "task.started": "A task began.",
  "task.progress": "A task reported progress.",
  "task.completed": "A task finished.",
  "task.failed": "A task failed.",
  "artifact.ready": "An artifact can be fetched.",
};

/** Name of a JSON-RPC method. */
export type MethodName = "asap.send" | "asap.ack";

/** The JSON-RPC methods. */
export const methods: { readonly [Name in MethodName]: MethodDefinition } = {
  "asap.send": {
    name: "asap.send",
    direction: "client_to_server",
    kind: "request",
    params: "SendParams",
    result: "SendResult",
    description: "Delivers an envelope and returns the envelope that answers it.",
  },
  "asap.ack": {
    name: "asap.ack",
    direction: "server_to_client",
    kind: "notification",
    params: "AckParams",
    result: null,
    description: "Acknowledges an envelope on a WebSocket, before the response.",
  },
};

/** Where the public registry is. */
export const registryUrl = "https://asap-protocol.github.io/registry/registry.json";
