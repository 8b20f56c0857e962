// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

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
