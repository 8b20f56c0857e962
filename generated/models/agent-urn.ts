// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

/**
 * Name of an agent: `urn:asap:agent:` followed by one or two segments of lower-case letters, digits and hyphens. At
 * most 256 characters in total.
 * Defined in `entities/agent-urn.schema.json`.
 */
export type AgentUrn = string;
