/** OAuth 2.0 on both sides: guarding an agent, and getting tokens for calls. Needs Node. */
export type { AccessControl, AccessGuard, AccessRefusal, GuardedAgent, Identity, ResourceFacts } from "./auth/guard.js";
export { agentIdClaim, type BindingOptions, type Environment, referenceAgentIdClaim } from "./auth/identity.js";
export type { IntrospectionOptions } from "./auth/introspection.js";
export type { KeySetRules } from "./auth/jwks.js";
export { fetchIssuerMetadata, type IssuerFetchOptions, type IssuerMetadata } from "./auth/metadata.js";
export { auth0, entra, google, keycloak, type Provider } from "./auth/providers.js";
export { type ResourceServerOptions, resourceServer } from "./auth/resource-server.js";
export { fileTokens } from "./auth/token-file.js";
export {
  type ClientCredentialsOptions,
  clientCredentials,
  type RefreshTokenOptions,
  refreshToken,
} from "./auth/token-grants.js";
export type { ClientIdentity } from "./auth/token-identity.js";
export { type AuthorizationCodeOptions, authorizationCode, type Login } from "./auth/token-login.js";
export type { TokenRequestOptions } from "./auth/token-request.js";
export type { TokenSource } from "./auth/token-source.js";
export { memoryTokens, type StoredTokens, type TokenStore } from "./auth/token-store.js";
export type { EgressPolicy } from "./egress.js";
