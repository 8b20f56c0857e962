// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

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
