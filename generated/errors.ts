// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import type { ErrorDefinition } from "./contract.js";

/** Code of an error of the protocol. */
export type AsapErrorCode =
  | "asap:rpc/parse_error"
  | "asap:rpc/invalid_request"
  | "asap:rpc/method_not_found"
  | "asap:rpc/invalid_params"
  | "asap:rpc/missing_envelope"
  | "asap:rpc/internal_error"
  | "asap:protocol/malformed_envelope"
  | "asap:protocol/invalid_payload"
  | "asap:protocol/invalid_timestamp"
  | "asap:protocol/invalid_nonce"
  | "asap:protocol/invalid_state"
  | "asap:task/not_found"
  | "asap:task/already_completed"
  | "asap:task/not_completed"
  | "asap:task/unknown_skill"
  | "asap:task/invalid_input"
  | "asap:task/invalid_output"
  | "asap:task/deadline_exceeded"
  | "asap:task/cancelled"
  | "asap:task/interrupted"
  | "asap:task/snapshot_not_found"
  | "asap:task/not_resumable"
  | "asap:task/too_deep"
  | "asap:transport/handler_not_found"
  | "asap:transport/thread_pool_exhausted"
  | "asap:transport/rate_limited"
  | "asap:transport/message_rate_limited"
  | "asap:transport/request_too_large"
  | "asap:transport/unsupported_encoding"
  | "asap:transport/invalid_encoding"
  | "asap:transport/shutting_down"
  | "asap:transport/connection_failed"
  | "asap:transport/ack_timeout"
  | "asap:transport/queue_full"
  | "asap:transport/stream_interrupted"
  | "asap:transport/timeout"
  | "asap:transport/aborted"
  | "asap:transport/http_status"
  | "asap:transport/invalid_response"
  | "asap:transport/response_mismatch"
  | "asap:transport/remote_error"
  | "asap:transport/circuit_open"
  | "asap:transport/insecure_url"
  | "asap:transport/address_refused"
  | "asap:transport/webhook_url_rejected"
  | "asap:webhook/queue_full"
  | "asap:webhook/subscription_not_found"
  | "asap:webhook/delivery_not_found"
  | "asap:webhook/secret_unreadable"
  | "asap:auth/required"
  | "asap:auth/invalid_token"
  | "asap:auth/insufficient_scope"
  | "asap:auth/sender_mismatch"
  | "asap:auth/identity_mismatch"
  | "asap:auth/unavailable"
  | "asap:auth/issuer_mismatch"
  | "asap:auth/token_request_failed"
  | "asap:auth/login_failed"
  | "asap:auth/token_store_failed"
  | "asap:auth/unsupported_scheme"
  | "asap:discovery/manifest_invalid"
  | "asap:discovery/manifest_mismatch"
  | "asap:discovery/health_invalid"
  | "asap:discovery/unhealthy"
  | "asap:discovery/registry_invalid"
  | "asap:discovery/agent_not_listed"
  | "asap:state/unavailable"
  | "asap:state/corrupt"
  | "asap:state/closed"
  | "asap:state/newer_schema"
  | "asap:state/access_denied"
  | "asap:state/invalid_record"
  | "asap:state/too_large"
  | "asap:state/conflict"
  | "asap:config/invalid_option"
  | "asap:config/webhook_store_taken"
  | "asap:config/missing_package";

/** Name of an error of the protocol. */
export type ErrorName =
  | "parse_error"
  | "invalid_request"
  | "method_not_found"
  | "invalid_params"
  | "missing_envelope"
  | "internal_error"
  | "malformed_envelope"
  | "invalid_payload"
  | "invalid_timestamp"
  | "invalid_nonce"
  | "invalid_state"
  | "task_not_found"
  | "task_already_completed"
  | "task_not_completed"
  | "unknown_skill"
  | "invalid_input"
  | "invalid_output"
  | "deadline_exceeded"
  | "task_cancelled"
  | "task_interrupted"
  | "snapshot_not_found"
  | "task_not_resumable"
  | "task_too_deep"
  | "handler_not_found"
  | "thread_pool_exhausted"
  | "rate_limited"
  | "message_rate_limited"
  | "request_too_large"
  | "unsupported_encoding"
  | "invalid_encoding"
  | "shutting_down"
  | "connection_failed"
  | "ack_timeout"
  | "queue_full"
  | "stream_interrupted"
  | "timeout"
  | "aborted"
  | "http_status"
  | "invalid_response"
  | "response_mismatch"
  | "remote_error"
  | "circuit_open"
  | "insecure_url"
  | "address_refused"
  | "webhook_url_rejected"
  | "webhook_queue_full"
  | "webhook_subscription_not_found"
  | "webhook_delivery_not_found"
  | "webhook_secret_unreadable"
  | "auth_required"
  | "auth_failed"
  | "insufficient_scope"
  | "sender_mismatch"
  | "identity_mismatch"
  | "auth_unavailable"
  | "issuer_mismatch"
  | "token_request_failed"
  | "login_failed"
  | "token_store_failed"
  | "unsupported_scheme"
  | "manifest_invalid"
  | "manifest_mismatch"
  | "health_invalid"
  | "unhealthy"
  | "registry_invalid"
  | "agent_not_listed"
  | "state_unavailable"
  | "state_corrupt"
  | "state_closed"
  | "state_newer_schema"
  | "state_access_denied"
  | "invalid_record"
  | "record_too_large"
  | "state_conflict"
  | "invalid_option"
  | "webhook_store_taken"
  | "missing_package";

/** The errors of the protocol by code. */
export const errors: { readonly [Code in AsapErrorCode]: ErrorDefinition } = {
  "asap:rpc/parse_error": {
    name: "parse_error",
    code: "asap:rpc/parse_error",
    jsonrpc: -32700,
    http: 200,
    retryable: false,
    message: "Parse error",
    details: [],
    description: "The body is not JSON in UTF-8.",
  },
  "asap:rpc/invalid_request": {
    name: "invalid_request",
    code: "asap:rpc/invalid_request",
    jsonrpc: -32600,
    http: 200,
    retryable: false,
    message: "Invalid request",
    details: [],
    description: "The JSON is not a JSON-RPC 2.0 request.",
  },
  "asap:rpc/method_not_found": {
    name: "method_not_found",
    code: "asap:rpc/method_not_found",
    jsonrpc: -32601,
    http: 200,
    retryable: false,
    message: "Method not found",
    details: ["method"],
    description: "The method is not one of the protocol.",
  },
  "asap:rpc/invalid_params": {
    name: "invalid_params",
    code: "asap:rpc/invalid_params",
    jsonrpc: -32602,
    http: 200,
    retryable: false,
    message: "Invalid params",
    details: ["validation_errors"],
    description: "The parameters do not fit the method.",
  },
  "asap:rpc/missing_envelope": {
    name: "missing_envelope",
    code: "asap:rpc/missing_envelope",
    jsonrpc: -32602,
    http: 200,
    retryable: false,
    message: "Invalid params",
    details: [],
    description: "The parameters have no envelope.",
  },
  "asap:rpc/internal_error": {
    name: "internal_error",
    code: "asap:rpc/internal_error",
    jsonrpc: -32603,
    http: 200,
    retryable: false,
    message: "Internal error",
    details: [],
    description: "The agent failed; the cause is in its log.",
  },
  "asap:protocol/malformed_envelope": {
    name: "malformed_envelope",
    code: "asap:protocol/malformed_envelope",
    jsonrpc: -32602,
    http: 200,
    retryable: false,
    message: "Invalid params",
    details: ["validation_errors"],
    description: "The envelope does not fit its schema.",
  },
  "asap:protocol/invalid_payload": {
    name: "invalid_payload",
    code: "asap:protocol/invalid_payload",
    jsonrpc: -32602,
    http: 200,
    retryable: false,
    message: "Invalid params",
    details: ["payload_type", "validation_errors"],
    description: "The payload does not fit the schema of its type.",
  },
  "asap:protocol/invalid_timestamp": {
    name: "invalid_timestamp",
    code: "asap:protocol/invalid_timestamp",
    jsonrpc: -32602,
    http: 200,
    retryable: false,
    message: "Invalid params",
    details: ["timestamp", "age_seconds", "future_offset_seconds", "envelope_id"],
    description: "The envelope is too old or from the future.",
  },
  "asap:protocol/invalid_nonce": {
    name: "invalid_nonce",
    code: "asap:protocol/invalid_nonce",
    jsonrpc: -32602,
    http: 200,
    retryable: false,
    message: "Invalid params",
    details: ["nonce", "envelope_id"],
    description: "The nonce is empty, not a string, or was seen before.",
  },
  "asap:protocol/invalid_state": {
    name: "invalid_state",
    code: "asap:protocol/invalid_state",
    jsonrpc: -32602,
    http: 200,
    retryable: false,
    message: "Invalid params",
    details: ["from_state", "to_state", "task_id"],
    description: "The task cannot go from its status to that one.",
  },
  "asap:task/not_found": {
    name: "task_not_found",
    code: "asap:task/not_found",
    jsonrpc: -32602,
    http: 200,
    retryable: false,
    message: "Invalid params",
    details: ["task_id"],
    description: "No such task.",
  },
  "asap:task/already_completed": {
    name: "task_already_completed",
    code: "asap:task/already_completed",
    jsonrpc: -32602,
    http: 200,
    retryable: false,
    message: "Invalid params",
    details: ["task_id", "current_status"],
    description: "The task is over.",
  },
  "asap:task/not_completed": {
    name: "task_not_completed",
    code: "asap:task/not_completed",
    jsonrpc: -32603,
    http: 200,
    retryable: false,
    message: "Internal error",
    details: ["task_id", "status", "result", "final_state"],
    description: "The answer says that the task has not completed: it failed, was cancelled, waits or is under way.",
  },
  "asap:task/unknown_skill": {
    name: "unknown_skill",
    code: "asap:task/unknown_skill",
    jsonrpc: -32602,
    http: 200,
    retryable: false,
    message: "Invalid params",
    details: ["skill_id", "skills"],
    description: "The agent has no such skill.",
  },
  "asap:task/invalid_input": {
    name: "invalid_input",
    code: "asap:task/invalid_input",
    jsonrpc: -32602,
    http: 200,
    retryable: false,
    message: "Invalid params",
    details: ["skill_id", "validation_errors"],
    description: "The input does not fit the skill's schema.",
  },
  "asap:task/invalid_output": {
    name: "invalid_output",
    code: "asap:task/invalid_output",
    jsonrpc: -32603,
    http: 200,
    retryable: false,
    message: "Internal error",
    details: ["skill_id"],
    description: "The skill answered against its own schema.",
  },
  "asap:task/deadline_exceeded": {
    name: "deadline_exceeded",
    code: "asap:task/deadline_exceeded",
    jsonrpc: -32603,
    http: 200,
    retryable: true,
    message: "Internal error",
    details: ["timeout_ms"],
    description: "The skill did not finish in time.",
  },
  "asap:task/cancelled": {
    name: "task_cancelled",
    code: "asap:task/cancelled",
    jsonrpc: -32603,
    http: 200,
    retryable: false,
    message: "Internal error",
    details: ["task_id", "reason"],
    description: "The task was cancelled.",
  },
  "asap:task/interrupted": {
    name: "task_interrupted",
    code: "asap:task/interrupted",
    jsonrpc: -32603,
    http: 500,
    retryable: true,
    message: "Internal error",
    details: ["task_id"],
    description: "The instance of the agent that worked on the task ended, or another one took the task over.",
  },
  "asap:task/snapshot_not_found": {
    name: "snapshot_not_found",
    code: "asap:task/snapshot_not_found",
    jsonrpc: -32602,
    http: 200,
    retryable: false,
    message: "Invalid params",
    details: ["task_id", "version", "snapshot_id"],
    description: "The task has no such snapshot.",
  },
  "asap:task/not_resumable": {
    name: "task_not_resumable",
    code: "asap:task/not_resumable",
    jsonrpc: -32602,
    http: 200,
    retryable: false,
    message: "Invalid params",
    details: ["task_id"],
    description: "The task cannot be taken up again: its skill does not resume, or its request is no longer known.",
  },
  "asap:task/too_deep": {
    name: "task_too_deep",
    code: "asap:task/too_deep",
    jsonrpc: -32602,
    http: 200,
    retryable: false,
    message: "Invalid params",
    details: ["parent_task_id", "depth", "max_depth"],
    description: "The task would be nested deeper in tasks than the agent allows.",
  },
  "asap:transport/handler_not_found": {
    name: "handler_not_found",
    code: "asap:transport/handler_not_found",
    jsonrpc: -32601,
    http: 200,
    retryable: false,
    message: "Method not found",
    details: ["payload_type"],
    description: "The agent does not take this payload type.",
  },
  "asap:transport/thread_pool_exhausted": {
    name: "thread_pool_exhausted",
    code: "asap:transport/thread_pool_exhausted",
    jsonrpc: -32603,
    http: 503,
    retryable: true,
    message: "Service Temporarily Unavailable",
    details: ["max_threads", "active_threads"],
    description: "The agent runs as many tasks as it may.",
  },
  "asap:transport/rate_limited": {
    name: "rate_limited",
    code: "asap:transport/rate_limited",
    jsonrpc: 429,
    http: 429,
    retryable: true,
    message: "Rate limit exceeded",
    details: ["retry_after", "limit"],
    description: "Too many requests.",
  },
  "asap:transport/message_rate_limited": {
    name: "message_rate_limited",
    code: "asap:transport/message_rate_limited",
    jsonrpc: -32001,
    http: 200,
    retryable: true,
    message: "Rate limit exceeded; too many messages per second",
    details: [],
    description: "Too many messages on one WebSocket.",
  },
  "asap:transport/request_too_large": {
    name: "request_too_large",
    code: "asap:transport/request_too_large",
    jsonrpc: -32600,
    http: 413,
    retryable: false,
    message: "Invalid request",
    details: ["size", "max_size"],
    description: "The request is over the size limit.",
  },
  "asap:transport/unsupported_encoding": {
    name: "unsupported_encoding",
    code: "asap:transport/unsupported_encoding",
    jsonrpc: -32600,
    http: 415,
    retryable: false,
    message: "Invalid request",
    details: ["encoding"],
    description: "The Content-Encoding is not one the agent reads.",
  },
  "asap:transport/invalid_encoding": {
    name: "invalid_encoding",
    code: "asap:transport/invalid_encoding",
    jsonrpc: -32600,
    http: 400,
    retryable: false,
    message: "Invalid request",
    details: [],
    description: "The body is not what its Content-Encoding says.",
  },
  "asap:transport/shutting_down": {
    name: "shutting_down",
    code: "asap:transport/shutting_down",
    jsonrpc: -32603,
    http: 503,
    retryable: true,
    message: "Internal error",
    details: [],
    description: "The agent is shutting down and takes no new work.",
  },
  "asap:transport/connection_failed": {
    name: "connection_failed",
    code: "asap:transport/connection_failed",
    jsonrpc: -32603,
    http: 503,
    retryable: true,
    message: "Internal error",
    details: ["url"],
    description: "The peer could not be reached.",
  },
  "asap:transport/ack_timeout": {
    name: "ack_timeout",
    code: "asap:transport/ack_timeout",
    jsonrpc: -32603,
    http: 504,
    retryable: true,
    message: "Internal error",
    details: ["url", "envelope_id", "attempts"],
    description: "The peer acknowledged no transmission of the message.",
  },
  "asap:transport/queue_full": {
    name: "queue_full",
    code: "asap:transport/queue_full",
    jsonrpc: -32603,
    http: 503,
    retryable: true,
    message: "Internal error",
    details: ["url", "limit"],
    description: "Too many messages wait for the connection.",
  },
  "asap:transport/stream_interrupted": {
    name: "stream_interrupted",
    code: "asap:transport/stream_interrupted",
    jsonrpc: -32603,
    http: 502,
    retryable: false,
    message: "Internal error",
    details: ["url", "envelope_id", "reason"],
    description: "Updates of a streamed task were lost; the task may have gone on.",
  },
  "asap:transport/timeout": {
    name: "timeout",
    code: "asap:transport/timeout",
    jsonrpc: -32603,
    http: 504,
    retryable: true,
    message: "Internal error",
    details: ["url", "timeout_ms"],
    description: "The peer did not answer in time.",
  },
  "asap:transport/aborted": {
    name: "aborted",
    code: "asap:transport/aborted",
    jsonrpc: -32603,
    http: 499,
    retryable: false,
    message: "Internal error",
    details: [],
    description: "The caller gave up.",
  },
  "asap:transport/http_status": {
    name: "http_status",
    code: "asap:transport/http_status",
    jsonrpc: -32603,
    http: 502,
    retryable: false,
    message: "Internal error",
    details: ["url", "status"],
    description: "The peer answered with a failing HTTP status.",
  },
  "asap:transport/invalid_response": {
    name: "invalid_response",
    code: "asap:transport/invalid_response",
    jsonrpc: -32603,
    http: 502,
    retryable: false,
    message: "Internal error",
    details: ["url", "validation_errors"],
    description: "The peer answered with something that is not the protocol.",
  },
  "asap:transport/response_mismatch": {
    name: "response_mismatch",
    code: "asap:transport/response_mismatch",
    jsonrpc: -32603,
    http: 502,
    retryable: false,
    message: "Internal error",
    details: ["expected", "received"],
    description: "The answer is to another request: its id or correlation_id differs.",
  },
  "asap:transport/remote_error": {
    name: "remote_error",
    code: "asap:transport/remote_error",
    jsonrpc: -32603,
    http: 502,
    retryable: false,
    message: "Internal error",
    details: ["jsonrpc_code", "data"],
    description: "The peer answered with a JSON-RPC error.",
  },
  "asap:transport/circuit_open": {
    name: "circuit_open",
    code: "asap:transport/circuit_open",
    jsonrpc: -32603,
    http: 503,
    retryable: true,
    message: "Internal error",
    details: ["base_url", "consecutive_failures"],
    description: "Calls to the peer are suspended after repeated failures.",
  },
  "asap:transport/insecure_url": {
    name: "insecure_url",
    code: "asap:transport/insecure_url",
    jsonrpc: -32603,
    http: 400,
    retryable: false,
    message: "Internal error",
    details: ["url"],
    description: "Plain http is allowed to this host only when the caller says so.",
  },
  "asap:transport/address_refused": {
    name: "address_refused",
    code: "asap:transport/address_refused",
    jsonrpc: -32603,
    http: 400,
    retryable: false,
    message: "Internal error",
    details: ["host", "address", "range"],
    description: "The address is loopback, private or otherwise not public, and was not allowed.",
  },
  "asap:transport/webhook_url_rejected": {
    name: "webhook_url_rejected",
    code: "asap:transport/webhook_url_rejected",
    jsonrpc: -32602,
    http: 400,
    retryable: false,
    message: "Invalid params",
    details: ["url", "reason", "rule"],
    description: "The callback URL may not be called.",
  },
  "asap:webhook/queue_full": {
    name: "webhook_queue_full",
    code: "asap:webhook/queue_full",
    jsonrpc: -32603,
    http: 503,
    retryable: true,
    message: "Internal error",
    details: ["pending", "max_pending"],
    description: "As many webhook deliveries wait as the queue takes.",
  },
  "asap:webhook/subscription_not_found": {
    name: "webhook_subscription_not_found",
    code: "asap:webhook/subscription_not_found",
    jsonrpc: -32602,
    http: 404,
    retryable: false,
    message: "Invalid params",
    details: ["subscription_id"],
    description: "There is no such webhook subscription.",
  },
  "asap:webhook/delivery_not_found": {
    name: "webhook_delivery_not_found",
    code: "asap:webhook/delivery_not_found",
    jsonrpc: -32602,
    http: 404,
    retryable: false,
    message: "Invalid params",
    details: ["delivery_id"],
    description: "There is no such dead letter.",
  },
  "asap:webhook/secret_unreadable": {
    name: "webhook_secret_unreadable",
    code: "asap:webhook/secret_unreadable",
    jsonrpc: -32603,
    http: 500,
    retryable: false,
    message: "Internal error",
    details: ["subscription_id"],
    description: "A stored secret cannot be opened with the keys of the agent.",
  },
  "asap:auth/required": {
    name: "auth_required",
    code: "asap:auth/required",
    jsonrpc: -32600,
    http: 401,
    retryable: false,
    message: "Invalid request",
    details: [],
    description: "The request carries no credentials.",
  },
  "asap:auth/invalid_token": {
    name: "auth_failed",
    code: "asap:auth/invalid_token",
    jsonrpc: -32600,
    http: 401,
    retryable: false,
    message: "Invalid request",
    details: [],
    description: "The credentials do not hold.",
  },
  "asap:auth/insufficient_scope": {
    name: "insufficient_scope",
    code: "asap:auth/insufficient_scope",
    jsonrpc: -32600,
    http: 403,
    retryable: false,
    message: "Invalid request",
    details: ["required_scope"],
    description: "The credentials do not allow this.",
  },
  "asap:auth/sender_mismatch": {
    name: "sender_mismatch",
    code: "asap:auth/sender_mismatch",
    jsonrpc: -32602,
    http: 403,
    retryable: false,
    message: "Invalid params",
    details: [],
    description: "The sender is not the agent the credentials name.",
  },
  "asap:auth/identity_mismatch": {
    name: "identity_mismatch",
    code: "asap:auth/identity_mismatch",
    jsonrpc: -32600,
    http: 403,
    retryable: false,
    message: "Invalid request",
    details: ["expected"],
    description: "The token is not bound to the agent.",
  },
  "asap:auth/unavailable": {
    name: "auth_unavailable",
    code: "asap:auth/unavailable",
    jsonrpc: -32603,
    http: 503,
    retryable: true,
    message: "Internal error",
    details: ["issuer", "url", "reason"],
    description: "The identity provider, its keys or its metadata cannot be reached.",
  },
  "asap:auth/issuer_mismatch": {
    name: "issuer_mismatch",
    code: "asap:auth/issuer_mismatch",
    jsonrpc: -32603,
    http: 502,
    retryable: false,
    message: "Internal error",
    details: ["expected", "received"],
    description: "The metadata names another issuer than the one asked.",
  },
  "asap:auth/token_request_failed": {
    name: "token_request_failed",
    code: "asap:auth/token_request_failed",
    jsonrpc: -32603,
    http: 502,
    retryable: false,
    message: "Internal error",
    details: ["issuer", "error", "error_description", "status"],
    description: "The identity provider gave no token.",
  },
  "asap:auth/login_failed": {
    name: "login_failed",
    code: "asap:auth/login_failed",
    jsonrpc: -32603,
    http: 401,
    retryable: false,
    message: "Internal error",
    details: ["issuer", "reason", "error"],
    description: "The login did not end with a token.",
  },
  "asap:auth/token_store_failed": {
    name: "token_store_failed",
    code: "asap:auth/token_store_failed",
    jsonrpc: -32603,
    http: 500,
    retryable: false,
    message: "Internal error",
    details: ["path", "reason"],
    description: "The store of tokens cannot be read or written.",
  },
  "asap:auth/unsupported_scheme": {
    name: "unsupported_scheme",
    code: "asap:auth/unsupported_scheme",
    jsonrpc: -32602,
    http: 400,
    retryable: false,
    message: "Invalid params",
    details: ["scheme", "supported_schemes"],
    description: "The manifest asks for a scheme this side does not know.",
  },
  "asap:discovery/manifest_invalid": {
    name: "manifest_invalid",
    code: "asap:discovery/manifest_invalid",
    jsonrpc: -32603,
    http: 502,
    retryable: false,
    message: "Internal error",
    details: ["url", "validation_errors"],
    description: "The manifest does not fit its schema.",
  },
  "asap:discovery/manifest_mismatch": {
    name: "manifest_mismatch",
    code: "asap:discovery/manifest_mismatch",
    jsonrpc: -32603,
    http: 502,
    retryable: false,
    message: "Internal error",
    details: ["expected", "received"],
    description: "The manifest is of another agent than the one asked for.",
  },
  "asap:discovery/health_invalid": {
    name: "health_invalid",
    code: "asap:discovery/health_invalid",
    jsonrpc: -32603,
    http: 502,
    retryable: false,
    message: "Internal error",
    details: ["url", "validation_errors"],
    description: "The health answer does not fit its schema.",
  },
  "asap:discovery/unhealthy": {
    name: "unhealthy",
    code: "asap:discovery/unhealthy",
    jsonrpc: -32603,
    http: 503,
    retryable: true,
    message: "Internal error",
    details: ["url", "status"],
    description: "The agent says it is unhealthy.",
  },
  "asap:discovery/registry_invalid": {
    name: "registry_invalid",
    code: "asap:discovery/registry_invalid",
    jsonrpc: -32603,
    http: 502,
    retryable: false,
    message: "Internal error",
    details: ["url", "validation_errors"],
    description: "The registry does not fit its schema.",
  },
  "asap:discovery/agent_not_listed": {
    name: "agent_not_listed",
    code: "asap:discovery/agent_not_listed",
    jsonrpc: -32603,
    http: 404,
    retryable: false,
    message: "Internal error",
    details: ["id"],
    description: "The registry does not list that agent.",
  },
  "asap:state/unavailable": {
    name: "state_unavailable",
    code: "asap:state/unavailable",
    jsonrpc: -32603,
    http: 503,
    retryable: true,
    message: "Internal error",
    details: ["backend", "reason"],
    description: "The store is not reached, or cannot write.",
  },
  "asap:state/corrupt": {
    name: "state_corrupt",
    code: "asap:state/corrupt",
    jsonrpc: -32603,
    http: 500,
    retryable: false,
    message: "Internal error",
    details: ["backend", "reason"],
    description: "What the store holds cannot be read.",
  },
  "asap:state/closed": {
    name: "state_closed",
    code: "asap:state/closed",
    jsonrpc: -32603,
    http: 500,
    retryable: false,
    message: "Internal error",
    details: ["backend"],
    description: "The store was closed.",
  },
  "asap:state/newer_schema": {
    name: "state_newer_schema",
    code: "asap:state/newer_schema",
    jsonrpc: -32603,
    http: 500,
    retryable: false,
    message: "Internal error",
    details: ["backend", "found", "known"],
    description: "The store was written by a later version of this package.",
  },
  "asap:state/access_denied": {
    name: "state_access_denied",
    code: "asap:state/access_denied",
    jsonrpc: -32603,
    http: 500,
    retryable: false,
    message: "Internal error",
    details: ["backend", "reason"],
    description: "The store does not let this user in, or not write.",
  },
  "asap:state/invalid_record": {
    name: "invalid_record",
    code: "asap:state/invalid_record",
    jsonrpc: -32603,
    http: 500,
    retryable: false,
    message: "Internal error",
    details: ["record", "validation_errors"],
    description: "The record does not fit its schema.",
  },
  "asap:state/too_large": {
    name: "record_too_large",
    code: "asap:state/too_large",
    jsonrpc: -32603,
    http: 500,
    retryable: false,
    message: "Internal error",
    details: ["record", "size", "max_size"],
    description: "The record is larger than the store takes.",
  },
  "asap:state/conflict": {
    name: "state_conflict",
    code: "asap:state/conflict",
    jsonrpc: -32603,
    http: 500,
    retryable: false,
    message: "Internal error",
    details: ["record", "id"],
    description: "Another record has that id.",
  },
  "asap:config/invalid_option": {
    name: "invalid_option",
    code: "asap:config/invalid_option",
    jsonrpc: -32603,
    http: 500,
    retryable: false,
    message: "Internal error",
    details: ["option", "reason"],
    description: "An option has a value it cannot have.",
  },
  "asap:config/webhook_store_taken": {
    name: "webhook_store_taken",
    code: "asap:config/webhook_store_taken",
    jsonrpc: -32603,
    http: 500,
    retryable: false,
    message: "Internal error",
    details: ["agent", "owner"],
    description: "The store keeps the webhooks of another agent.",
  },
  "asap:config/missing_package": {
    name: "missing_package",
    code: "asap:config/missing_package",
    jsonrpc: -32603,
    http: 500,
    retryable: false,
    message: "Internal error",
    details: ["package", "install"],
    description: "An optional package is needed and not installed.",
  },
};

/** The errors of the protocol by name. */
export const errorsByName: { readonly [Name in ErrorName]: ErrorDefinition } = {
  parse_error: errors["asap:rpc/parse_error"],
  invalid_request: errors["asap:rpc/invalid_request"],
  method_not_found: errors["asap:rpc/method_not_found"],
  invalid_params: errors["asap:rpc/invalid_params"],
  missing_envelope: errors["asap:rpc/missing_envelope"],
  internal_error: errors["asap:rpc/internal_error"],
  malformed_envelope: errors["asap:protocol/malformed_envelope"],
  invalid_payload: errors["asap:protocol/invalid_payload"],
  invalid_timestamp: errors["asap:protocol/invalid_timestamp"],
  invalid_nonce: errors["asap:protocol/invalid_nonce"],
  invalid_state: errors["asap:protocol/invalid_state"],
  task_not_found: errors["asap:task/not_found"],
  task_already_completed: errors["asap:task/already_completed"],
  task_not_completed: errors["asap:task/not_completed"],
  unknown_skill: errors["asap:task/unknown_skill"],
  invalid_input: errors["asap:task/invalid_input"],
  invalid_output: errors["asap:task/invalid_output"],
  deadline_exceeded: errors["asap:task/deadline_exceeded"],
  task_cancelled: errors["asap:task/cancelled"],
  task_interrupted: errors["asap:task/interrupted"],
  snapshot_not_found: errors["asap:task/snapshot_not_found"],
  task_not_resumable: errors["asap:task/not_resumable"],
  task_too_deep: errors["asap:task/too_deep"],
  handler_not_found: errors["asap:transport/handler_not_found"],
  thread_pool_exhausted: errors["asap:transport/thread_pool_exhausted"],
  rate_limited: errors["asap:transport/rate_limited"],
  message_rate_limited: errors["asap:transport/message_rate_limited"],
  request_too_large: errors["asap:transport/request_too_large"],
  unsupported_encoding: errors["asap:transport/unsupported_encoding"],
  invalid_encoding: errors["asap:transport/invalid_encoding"],
  shutting_down: errors["asap:transport/shutting_down"],
  connection_failed: errors["asap:transport/connection_failed"],
  ack_timeout: errors["asap:transport/ack_timeout"],
  queue_full: errors["asap:transport/queue_full"],
  stream_interrupted: errors["asap:transport/stream_interrupted"],
  timeout: errors["asap:transport/timeout"],
  aborted: errors["asap:transport/aborted"],
  http_status: errors["asap:transport/http_status"],
  invalid_response: errors["asap:transport/invalid_response"],
  response_mismatch: errors["asap:transport/response_mismatch"],
  remote_error: errors["asap:transport/remote_error"],
  circuit_open: errors["asap:transport/circuit_open"],
  insecure_url: errors["asap:transport/insecure_url"],
  address_refused: errors["asap:transport/address_refused"],
  webhook_url_rejected: errors["asap:transport/webhook_url_rejected"],
  webhook_queue_full: errors["asap:webhook/queue_full"],
  webhook_subscription_not_found: errors["asap:webhook/subscription_not_found"],
  webhook_delivery_not_found: errors["asap:webhook/delivery_not_found"],
  webhook_secret_unreadable: errors["asap:webhook/secret_unreadable"],
  auth_required: errors["asap:auth/required"],
  auth_failed: errors["asap:auth/invalid_token"],
  insufficient_scope: errors["asap:auth/insufficient_scope"],
  sender_mismatch: errors["asap:auth/sender_mismatch"],
  identity_mismatch: errors["asap:auth/identity_mismatch"],
  auth_unavailable: errors["asap:auth/unavailable"],
  issuer_mismatch: errors["asap:auth/issuer_mismatch"],
  token_request_failed: errors["asap:auth/token_request_failed"],
  login_failed: errors["asap:auth/login_failed"],
  token_store_failed: errors["asap:auth/token_store_failed"],
  unsupported_scheme: errors["asap:auth/unsupported_scheme"],
  manifest_invalid: errors["asap:discovery/manifest_invalid"],
  manifest_mismatch: errors["asap:discovery/manifest_mismatch"],
  health_invalid: errors["asap:discovery/health_invalid"],
  unhealthy: errors["asap:discovery/unhealthy"],
  registry_invalid: errors["asap:discovery/registry_invalid"],
  agent_not_listed: errors["asap:discovery/agent_not_listed"],
  state_unavailable: errors["asap:state/unavailable"],
  state_corrupt: errors["asap:state/corrupt"],
  state_closed: errors["asap:state/closed"],
  state_newer_schema: errors["asap:state/newer_schema"],
  state_access_denied: errors["asap:state/access_denied"],
  invalid_record: errors["asap:state/invalid_record"],
  record_too_large: errors["asap:state/too_large"],
  state_conflict: errors["asap:state/conflict"],
  invalid_option: errors["asap:config/invalid_option"],
  webhook_store_taken: errors["asap:config/webhook_store_taken"],
  missing_package: errors["asap:config/missing_package"],
};
