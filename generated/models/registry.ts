// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

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
