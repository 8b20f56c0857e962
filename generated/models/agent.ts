// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

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
