// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

import type { RegistryEntry } from "./registry-entry.js";
import type { Timestamp } from "./timestamp.js";

/**
 * A list of agents in one file, `registry.json`, in the published form: an object at the root, no member of another
 * name.
 * Defined in `discovery/registry.schema.json`.
 */
export type Registry = {
  /** Version of the registry format. */
  version: string;
  /** When the list was last changed. */
  updated_at: Timestamp;
  /** The agents. */
  agents?: RegistryEntry[];
};
