// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:06fd58d69e511a344c56c85cba2ff1629b1b4da19b4b56b8e6fc602f3d3f0cd9

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
