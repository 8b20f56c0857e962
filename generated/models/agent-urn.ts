// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

/**
 * Name of an agent: `urn:asap:agent:` followed by one or two segments of lower-case letters, digits and hyphens. At
 * most 256 characters in total.
 * Defined in `entities/agent-urn.schema.json`.
 */
export type AgentUrn = string;
