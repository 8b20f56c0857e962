// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import type { RouteDefinition } from "./contract.js";

/** Name of a route. */
export type RouteName =
  | "rpc"
  | "websocket"
  | "metrics"
  | "manifest"
  | "agent_health"
  | "health"
  | "ready"
  | "protected_resource";

/** The routes an agent serves. */
export const routes: { readonly [Name in RouteName]: RouteDefinition } = {
  rpc: {
    name: "rpc",
    path: "/asap",
    methods: ["POST"],
    scope: "asap:execute",
    description: "JSON-RPC endpoint.",
  },
  websocket: {
    name: "websocket",
    path: "/asap/ws",
    methods: ["GET"],
    scope: "asap:execute",
    upgrade: "websocket",
    description: "WebSocket endpoint.",
  },
  metrics: {
    name: "metrics",
    path: "/asap/metrics",
    methods: ["GET", "HEAD"],
    scope: null,
    description: "Request metrics in the Prometheus text format.",
  },
  manifest: {
    name: "manifest",
    path: "/.well-known/asap/manifest.json",
    methods: ["GET", "HEAD"],
    scope: null,
    response: "Manifest",
    description: "The agent's manifest.",
  },
  agent_health: {
    name: "agent_health",
    path: "/.well-known/asap/health",
    methods: ["GET", "HEAD"],
    scope: null,
    response: "Health",
    description: "How the agent fares.",
  },
  health: {
    name: "health",
    path: "/health",
    methods: ["GET", "HEAD"],
    scope: null,
    response: "Liveness",
    description: "The process answers.",
  },
  ready: {
    name: "ready",
    path: "/ready",
    methods: ["GET", "HEAD"],
    scope: null,
    response: "Liveness",
    description: "The process takes requests.",
  },
  protected_resource: {
    name: "protected_resource",
    path: "/.well-known/oauth-protected-resource",
    methods: ["GET", "HEAD"],
    scope: null,
    description: "OAuth 2.0 protected resource metadata of an agent behind OAuth 2.0 (RFC 9728).",
  },
};
