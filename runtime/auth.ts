/** OAuth 2.0 on both sides: guarding an agent, and getting tokens for calls. Needs Node. */
export type { AccessControl, AccessGuard, AccessRefusal, GuardedAgent, Identity, ResourceFacts } from "./auth/guard.js";
export type { TokenSource } from "./auth/token-source.js";
export type { EgressPolicy } from "./egress.js";
