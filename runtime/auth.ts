/** OAuth 2.0 on both sides: guarding an agent, and getting tokens for calls. Needs Node. */
export type { AccessControl, AccessGuard, AccessRefusal, GuardedAgent, Identity, ResourceFacts } from "./auth/guard.js";
export { agentIdClaim, type BindingOptions, type Environment, referenceAgentIdClaim } from "./auth/identity.js";
export type { IntrospectionOptions } from "./auth/introspection.js";
export type { KeySetRules } from "./auth/jwks.js";
export { fetchIssuerMetadata, type IssuerFetchOptions, type IssuerMetadata } from "./auth/metadata.js";
export { type ResourceServerOptions, resourceServer } from "./auth/resource-server.js";
export type { TokenSource } from "./auth/token-source.js";
export type { EgressPolicy } from "./egress.js";
