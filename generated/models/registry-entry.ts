// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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
