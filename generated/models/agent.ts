// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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
