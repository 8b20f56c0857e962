// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:31fa59800a05a80cecfeff794ee4a42bbd20d36853eb11d363e28612eee48fd1

/**
 * Name of an agent: `urn:asap:agent:` followed by one or two segments of lower-case letters, digits and hyphens. At
 * most 256 characters in total.
 * Defined in `entities/agent-urn.schema.json`.
 */
export type AgentUrn = string;
