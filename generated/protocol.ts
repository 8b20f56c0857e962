// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

import { type AsapClient, createClient } from "./client.js";
import type { ProtocolDefinition } from "./contract.js";
import { errors } from "./errors.js";
import { closeCodes, events, limits, methods, registryUrl, scopes } from "./limits.js";
import { messageOf, messages, type PayloadMap, type ReplyMap } from "./messages.js";
import { routes } from "./routes.js";
import { states } from "./states.js";
import { validateEnvelope } from "./validators/envelope.js";
import { validateJsonRpcRequest } from "./validators/json-rpc-request.js";

/**
 * Async Simple Agent Protocol 1.1.0. Agents that ask one another for work, over HTTP and WebSocket, with JSON-RPC 2.0
 * around one envelope.
 */
export const protocol: ProtocolDefinition<AsapClient, PayloadMap, ReplyMap> = {
  name: "asap",
  title: "Async Simple Agent Protocol",
  version: "1.1.0",
  envelopeVersion: "0.1",
  specHash: "3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96",
  methods,
  messages,
  messageOf,
  routes,
  errors,
  limits,
  scopes,
  closeCodes,
  events,
  states,
  registryUrl,
  validateEnvelope,
  validateJsonRpcRequest,
  createClient,
};
