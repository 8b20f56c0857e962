// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

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
