// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:06fd58d69e511a344c56c85cba2ff1629b1b4da19b4b56b8e6fc602f3d3f0cd9

import type { AgentUrn } from "./agent-urn.js";

/**
 * An agent as a registry lists it, in the published six-field form.
 * Defined in `discovery/registry-entry.schema.json`.
 */
export type RegistryEntry = {
  /** Name of the agent. */
  id: AgentUrn;
  /** Its name, for people. */
  name: string;
  /** What it does. */
  description: string;
  /** URLs by kind; by convention `http`, `ws` and `manifest`. May be empty. */
  endpoints: { [k: string]: string };
  /** Ids of its skills. */
  skills?: string[];
  /** Protocol version it speaks. */
  asap_version: string;
};
