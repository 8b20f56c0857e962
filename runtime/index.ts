/**
 * The ASAP agent protocol: agents, clients and discovery. Runs on Node, in browsers and at the edge; what needs
 * Node is in `asap-kit/node`.
 */

export { type Static, Type } from "@sinclair/typebox";
export type { AsapClient } from "../generated/client.js";
export type { MessageDefinition, ProtocolDefinition, StandardFace, Validator } from "../generated/contract.js";
export type { AsapErrorCode } from "../generated/errors.js";
export type { MessageEnvelope, MessageName, PayloadMap, ReplyMap } from "../generated/messages.js";
export type {
  Envelope,
  Health,
  Manifest,
  MessageAck,
  Registry,
  RegistryEntry,
  Task,
  TaskRequest,
  TaskResponse,
  TaskStatus,
  TaskUpdate,
  ValidationIssue,
} from "../generated/models.js";
export { protocol } from "../generated/protocol.js";
export { type Agent, type AgentOptions, createAgent, type Handlers } from "./agent.js";
export type { AgentLimits } from "./agent-limits.js";
export type { BearerAuthOptions } from "./auth/bearer.js";
export type { TokenSource } from "./auth/token-source.js";
export type { BreakerOptions, Circuit, Circuits } from "./breaker.js";
export type { Broadcast, BroadcastOptions } from "./broadcast.js";
export type { Call } from "./call.js";
export { type ConnectOptions, connect, connectMemory, type MemoryOptions, type PeerOptions } from "./client.js";
export type { Connection, ConnectionState } from "./connection.js";
export { type HealthCheckOptions, healthCheck } from "./discovery/health.js";
export { createManifestCache, type DiscoverOptions, discover, type ManifestCache } from "./discovery/manifest.js";
export {
  createRegistryCache,
  discoverFromRegistry,
  type RegistryCache,
  type RegistryOptions,
  type RegistryView,
  type SkippedEntry,
} from "./discovery/registry.js";
export type { MessageContext } from "./dispatch.js";
export { AsapError, type AsapErrorOptions, isAsapError } from "./error.js";
export type { TaskInput } from "./input.js";
export { connectListed } from "./listed.js";
export type { Endpoints } from "./manifest.js";
export { type Log, type LogFields, redact } from "./observe/log.js";
export type { CallOptions, Peer, PeerCalls, RunOptions, StreamOptions } from "./peer.js";
export type { RetryOptions } from "./retry.js";
export { type JsonSchema, type Skill, type SkillOptions, skill } from "./skill.js";
export type { TaskStore } from "./state/task-store.js";
export type { TaskStream } from "./task-stream.js";
export { createFetchHandler, type FetchHandlerOptions, type Inflate } from "./transport/fetch.js";
export type { HttpTransportOptions } from "./transport/http.js";
export type { ClientMessage, ClientReply, ClientTransport } from "./transport/transport.js";
export {
  type AckOptions,
  type CreateWebSocket,
  createWebSocketPool,
  type ReconnectOptions,
  type UpgradeAnswer,
  type WebSocketEvent,
  type WebSocketLike,
  type WebSocketParameters,
  type WebSocketPool,
  type WebSocketPoolOptions,
  type WebSocketTransportOptions,
} from "./transport/websocket.js";
export type { TaskProgress, UpdateSink } from "./updates.js";
