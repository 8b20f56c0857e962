// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

import type { Skill } from "./skill.js";

/**
 * What an agent offers.
 * Defined in `entities/capability.schema.json`.
 */
export type Capability = {
  /** Protocol version the agent speaks. */
  asap_version?: string;
  /** Skills it carries out. */
  skills?: Skill[];
  /** Whether it saves the state of tasks. */
  state_persistence?: boolean;
  /** Whether it reports on tasks while they run. */
  streaming?: boolean;
  /** Tools of the Model Context Protocol that it passes on. */
  mcp_tools?: string[];
};
