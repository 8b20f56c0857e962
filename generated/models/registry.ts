// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:50b4ebca6874d085cd39ac690e6db0c9f944840cd921b1cbe8eaa0f5cd4390c2

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
