// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

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
