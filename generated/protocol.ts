// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:06fd58d69e511a344c56c85cba2ff1629b1b4da19b4b56b8e6fc602f3d3f0cd9

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
  specHash: "06fd58d69e511a344c56c85cba2ff1629b1b4da19b4b56b8e6fc602f3d3f0cd9",
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
