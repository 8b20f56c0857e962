// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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
