// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import type { AgentUrn } from "./agent-urn.js";
import type { AuthScheme } from "./auth-scheme.js";
import type { Capability } from "./capability.js";
import type { Endpoint } from "./endpoint.js";

/**
 * What an agent says of itself at `/.well-known/asap/manifest.json`. A closed object: agents of version 1.1 cannot
 * read a manifest with members of another name.
 * Defined in `discovery/manifest.schema.json`.
 */
export type Manifest = {
  /** Name of the agent. */
  id: AgentUrn;
  /** Its name, for people. */
  name: string;
  /** Version of the agent, as PEP 440 reads it. `MAJOR.MINOR.PATCH` is safe everywhere. */
  version: string;
  /** What the agent does. */
  description: string;
  /** What it offers. */
  capabilities: Capability;
  /** Where it is reached. */
  endpoints: Endpoint;
  /** How callers prove who they are; null for an open agent. */
  auth?: AuthScheme | null;
  /** Signature over the manifest. Not checked in version 1.1. */
  signature?: string | null;
  /** How long, in seconds, a peer may take the agent for alive without asking again. */
  ttl_seconds?: number;
};
