// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

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
