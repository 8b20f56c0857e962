// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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
