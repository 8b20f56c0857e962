// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

/**
 * Name of an agent: `urn:asap:agent:` followed by one or two segments of lower-case letters, digits and hyphens. At
 * most 256 characters in total.
 * Defined in `entities/agent-urn.schema.json`.
 */
export type AgentUrn = string;
