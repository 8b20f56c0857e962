// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

/**
 * Name of an agent: `urn:asap:agent:` followed by one or two segments of lower-case letters, digits and hyphens. At
 * most 256 characters in total.
 * Defined in `entities/agent-urn.schema.json`.
 */
export type AgentUrn = string;
