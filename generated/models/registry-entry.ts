// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

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
