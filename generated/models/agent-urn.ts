// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

/**
 * Name of an agent: `urn:asap:agent:` followed by one or two segments of lower-case letters, digits and hyphens. At
 * most 256 characters in total.
 * Defined in `entities/agent-urn.schema.json`.
 */
export type AgentUrn = string;
