// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

import type { AgentUrn } from "./agent-urn.js";

/**
 * An agent as others know it.
 * Defined in `entities/agent.schema.json`.
 */
export type Agent = {
  /** Name of the agent. */
  id: AgentUrn;
  /** Where its manifest is served. */
  manifest_uri: string;
  /** What it can do, in one word each. */
  capabilities: string[];
};
