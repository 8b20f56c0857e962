// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

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
