// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import type { AgentUrn } from "./agent-urn.js";
import type { HealthLoad } from "./health-load.js";

/**
 * How an agent fares, served at `/.well-known/asap/health` with status 200 when healthy and 503 when not. Readers
 * ignore members they do not know.
 * Defined in `discovery/health.schema.json`.
 */
export type Health = {
  /** Whether the agent takes work. */
  status: "healthy" | "unhealthy";
  /** Name of the agent. */
  agent_id: AgentUrn;
  /** Version of the agent, as in its manifest. */
  version: string;
  /** Protocol version. */
  asap_version?: string | null;
  /** Time since the agent started, in seconds. */
  uptime_seconds: number;
  /** What the agent offers beyond its manifest: a list of words, or an object with a member for each. */
  capabilities?: string[] | { [k: string]: unknown } | null;
  /** How busy the agent is, when it says so. */
  load?: HealthLoad | null;
};
