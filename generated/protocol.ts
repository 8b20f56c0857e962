// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

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
  specHash: "39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d",
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
