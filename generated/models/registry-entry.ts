// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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
