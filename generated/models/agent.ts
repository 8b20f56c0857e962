// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

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
